#include "braid/runtime/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <thread>
#include <type_traits>

#include "braid/runtime/executor.hpp"

namespace {

braid::task<int> give(int n) {
  const int value = n;
  co_return value;
}

braid::task<> note(bool* ran) {
  *ran = true;
  co_return;
}

braid::task<int> fail() {
  const int unused = 0;
  throw std::runtime_error("no number");
  co_return unused;
}

braid::task<int> sum_of(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i) sum += co_await give(1);
  co_return sum;
}

braid::task<int> depth(int n) {
  int below = 0;
  if (n > 0) below = co_await depth(n - 1);
  co_return below + 1;
}

braid::task<int> fail_at_depth(int n) {
  int value = 0;
  if (n > 0) {
    value = co_await fail_at_depth(n - 1);
  } else {
    value = co_await fail();
  }
  co_return value;
}

braid::task<int> without_a_named_local(bool* began) {
  *began = true;
  if (co_await give(2) == 2) co_return 7;  // coroutine-check: the form itself is what is tested
  co_return 0;
}

braid::task<int> catch_it() {
  int caught = 0;
  try {
    caught = co_await fail();
  } catch (const std::runtime_error&) {
    caught = -1;
  }
  co_return caught;
}

braid::task<std::unique_ptr<int>> give_box(int n) {
  auto box = std::make_unique<int>(n);
  co_return box;
}

braid::task<int> unbox() {
  const std::unique_ptr<int> box = co_await give_box(7);
  co_return *box;
}

braid::task<std::thread::id> where() {
  const auto id = std::this_thread::get_id();
  co_return id;
}

struct counted {
  explicit counted(int& alive) : alive_(alive) { ++alive_; }
  counted(const counted& other) : alive_(other.alive_) { ++alive_; }
  ~counted() { --alive_; }
  int& alive_;
};

braid::task<> hold(counted c) {
  const int alive = c.alive_;
  EXPECT_GE(alive, 1);
  co_return;
}

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ == 12
TEST(task, a_coroutine_whose_frame_gxx_12_breaks_ends_with_a_sentence_before_its_first_statement) {
  bool began = false;
  EXPECT_DEATH(static_cast<void>(without_a_named_local(&began).get()),
               "write `const bool sent = co_await ...; if \\(!sent\\)`");
}
#else
TEST(task, a_bare_condition_needs_no_named_local) {
  bool began = false;
  EXPECT_EQ(without_a_named_local(&began).get(), 7);
  EXPECT_TRUE(began);
}
#endif

}  // namespace

TEST(task, does_nothing_until_it_is_run) {
  bool ran = false;
  {
    auto t = note(&ran);
    EXPECT_FALSE(ran);
  }
  EXPECT_FALSE(ran);
}

TEST(task, gives_its_value_to_a_thread) {
  EXPECT_EQ(give(3).get(), 3);
}

TEST(task, of_void_runs_to_its_end) {
  bool ran = false;
  note(&ran).get();
  EXPECT_TRUE(ran);
}

TEST(task, runs_on_a_worker_of_the_executor_and_not_on_the_thread_that_waits) {
  EXPECT_NE(where().get(), std::this_thread::get_id());
}

TEST(task, gives_its_exception_to_a_thread) {
  EXPECT_THROW(fail().get(), std::runtime_error);
}

TEST(task, gives_its_exception_to_the_coroutine_that_awaits_it) {
  EXPECT_EQ(catch_it().get(), -1);
}

TEST(task, an_exception_goes_through_a_thousand_awaits) {
  EXPECT_THROW(fail_at_depth(1000).get(), std::runtime_error);
}

TEST(task, gives_a_value_that_can_only_be_moved) {
  EXPECT_EQ(*give_box(5).get(), 5);
  EXPECT_EQ(unbox().get(), 7);
}

TEST(task, a_million_awaits_in_a_loop_leave_the_stack_flat) {
  constexpr int awaits = 1'000'000;
  EXPECT_EQ(sum_of(awaits).get(), awaits);
}

TEST(task, recursion_a_hundred_thousand_deep_leaves_the_stack_flat) {
  EXPECT_EQ(depth(100'000).get(), 100'001);
}

TEST(task, a_task_that_was_moved_runs_once) {
  auto t = give(4);
  auto u = std::move(t);
  EXPECT_EQ(std::move(u).get(), 4);
}

TEST(task, assignment_destroys_the_task_that_was_there) {
  int alive = 0;
  auto t = hold(counted(alive));
  EXPECT_EQ(alive, 1);
  t = hold(counted(alive));
  EXPECT_EQ(alive, 1);
  std::move(t).get();
}

TEST(task, its_parameters_die_with_it) {
  int alive = 0;
  {
    auto t = hold(counted(alive));
    std::move(t).get();
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

/// Converts to every enum, and so to std::align_val_t too.
struct converts_to_anything {
  template<class T>
  requires std::is_enum_v<T>
  operator T() const { throw std::logic_error("a coroutine's parameter was taken for an argument of operator new"); }
};
braid::task<int> take_it(converts_to_anything) {
  const int value = 5;
  co_return value;
}

TEST(task, a_parameter_that_converts_to_anything_is_nothing_but_a_parameter) {
  EXPECT_EQ(take_it({}).get(), 5);
}

TEST(task_death, running_it_twice_ends_the_program_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto t = give(1);
        std::move(t).get();
        std::move(t).get();
      },
      "a task was awaited or run twice");
}
