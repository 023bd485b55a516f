#include "braid/sync/future.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "braid/runtime/select.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/own_error_test.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/within.hpp"

using namespace std::chrono_literals;
using braid::future;
using braid::task_group;
using braid::fixture::own_error;

namespace {

/// Counts the living; moves only.
struct counted {
  explicit counted(std::atomic<int>& alive, int number = 0) : number_(number), alive_(&alive) { ++*alive_; }
  counted(counted&& other) noexcept : number_(other.number_), alive_(other.alive_) { ++*alive_; }
  counted& operator=(counted&&) = delete;
  ~counted() { --*alive_; }
  int number_;
  std::atomic<int>* alive_;
};

braid::task<int> add(int a, int b) {
  co_return a + b;
}

/// Waits until the test sends.
braid::task<int> relay(braid::receiver<int> in) {
  const std::optional<int> v = co_await in.recv();
  co_return v.value_or(-1);
}

class future_on : public testing::TestWithParam<std::size_t> {
 protected:
  braid::work_stealing_executor pool_{GetParam()};
  braid::context ctx_{braid::environment{.executor = &pool_}};
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(workers, future_on, testing::Values(1, 2));

TEST_P(future_on, gives_what_a_coroutine_and_a_plain_function_give) {
  task_group group(ctx_);
  auto sum = group.async(add, 2, 3);
  auto length = group.async([](const std::string& s) { return s.size(); }, "four");
  static_assert(std::is_same_v<decltype(sum), future<int>>);
  static_assert(std::is_same_v<decltype(length), future<std::size_t>>);
  EXPECT_EQ(sum.get(), 5);
  EXPECT_EQ(length.get(), 4u);
  group.join().get();
}

TEST_P(future_on, is_awaited_in_a_coroutine_also_as_a_temporary) {
  task_group group(ctx_);
  auto both = group.async(
      [](task_group* g) -> braid::task<int> {
        auto left = g->async(add, 1, 2);
        const int right = co_await g->async(add, 3, 4);
        co_return right* co_await left;
      },
      &group);
  EXPECT_EQ(both.get(), 21);
  group.join().get();
}

TEST_P(future_on, of_nothing_is_ready_when_its_task_has_ended) {
  bool ran = false;
  task_group group(ctx_);
  future<void> done = group.async([&ran] { ran = true; });
  done.get();
  EXPECT_TRUE(ran);
  group.join().get();
}

TEST_P(future_on, gives_a_value_that_only_moves_and_keeps_nothing_of_it) {
  std::atomic<int> alive{0};
  task_group group(ctx_);
  auto made = group.async([&alive] { return counted(alive, 7); });
  {
    const counted mine = made.get();
    EXPECT_EQ(mine.number_, 7);
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
  group.join().get();
}

TEST_P(future_on, gives_its_result_after_the_join_without_being_performed) {
  task_group group(ctx_);
  std::vector<future<int>> sums;
  for (int i = 0; i < 20; ++i) sums.push_back(group.async(add, i, 1));
  group.join().get();
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(sums[i].has_value());
    EXPECT_EQ(sums[i].result(), i + 1);
    EXPECT_FALSE(sums[i].has_value()) << "it has been taken";
  }
}

TEST_P(future_on, moves_and_is_assigned_while_nobody_waits_for_it) {
  std::atomic<int> alive{0};
  task_group group(ctx_);
  auto first = group.async([&alive] { return counted(alive, 1); });
  auto second = group.async([&alive] { return counted(alive, 2); });
  group.join().get();
  std::swap(first, second);
  EXPECT_EQ(first.result().number_, 2);
  first = std::move(second);
  EXPECT_EQ(first.get().number_, 1);
  EXPECT_EQ(alive, 0);
}

TEST_P(future_on, a_select_over_futures_gives_each_as_it_ends) {
  auto [tx, rx] = braid::channel<int>(0);
  task_group group(ctx_);
  std::vector<future<int>> all;
  all.push_back(group.async(relay, rx));
  all.push_back(group.async(add, 1, 2));
  std::vector<braid::operation*> cases;
  for (auto& f : all) cases.push_back(&f);
  EXPECT_EQ(braid::select(cases).get(), 1u);
  EXPECT_EQ(all[1].result(), 3);
  EXPECT_TRUE(tx.send(9).get());
  EXPECT_EQ(braid::select(cases).get(), 0u);
  EXPECT_EQ(all[0].result(), 9);
  EXPECT_EQ(braid::select(cases).get(), braid::none) << "each is reported once";
  group.join().get();
}

TEST_P(future_on, stays_finished_when_it_moves) {
  task_group group(ctx_);
  auto f = group.async(add, 1, 2);
  EXPECT_EQ(braid::select(f).get(), 0u);
  auto moved = std::move(f);
  EXPECT_FALSE(moved.enabled());
  EXPECT_EQ(moved.result(), 3);
  group.join().get();
}

TEST_P(future_on, a_limit_leaves_it_as_it_was) {
  auto [tx, rx] = braid::channel<int>(0);
  task_group group(ctx_);
  auto f = group.async(relay, rx);
  EXPECT_THROW(static_cast<void>(braid::within(1ms, f).get()), braid::timed_out);
  const braid::result<int> late = braid::try_within(1ms, f).get();
  EXPECT_FALSE(late);
  EXPECT_TRUE(tx.send(4).get());
  EXPECT_EQ(braid::within(1h, f).get(), 4);
  group.join().get();
}

TEST_P(future_on, throws_what_its_task_threw_every_time_and_so_does_the_join) {
  task_group group(ctx_);
  auto f = group.async([]() -> int { throw own_error{}; });
  EXPECT_THROW(static_cast<void>(f.get()), own_error);
  EXPECT_THROW(static_cast<void>(f.get()), own_error);
  EXPECT_FALSE(f.has_value());
  EXPECT_THROW(group.join().get(), own_error);
  EXPECT_THROW(static_cast<void>(f.result()), own_error) << "also after the join has taken it";
}

TEST_P(future_on, of_a_cancelled_task_throws_cancelled) {
  auto [tx, rx] = braid::channel<int>(0);
  task_group group(ctx_);
  auto f = group.async(relay, rx);
  group.cancel("enough");
  try {
    static_cast<void>(f.get());
    ADD_FAILURE() << "it did not throw";
  } catch (const braid::cancelled& e) {
    EXPECT_STREQ(e.what(), "cancelled: enough");
  }
  group.join().get();
}

TEST_P(future_on, is_ready_when_everything_of_its_task_is_gone) {
  for (int i = 0; i < 100; ++i) {
    std::atomic<int> alive{0};
    task_group group(ctx_);
    auto f = group.async([](const counted& c) { return c.number_; }, counted(alive, 5));
    EXPECT_EQ(f.get(), 5);
    EXPECT_EQ(alive, 0);
    group.join().get();
  }
}

TEST_P(future_on, outlives_its_group_with_its_value_or_exception) {
  std::atomic<int> alive{0};
  std::optional<task_group> group(std::in_place, ctx_);
  auto value = group->async([&alive] { return counted(alive, 3); });
  group->join().get();
  auto error = group->async([]() -> int { throw own_error{}; });
  EXPECT_THROW(group->join().get(), own_error);
  group.reset();
  EXPECT_EQ(value.get().number_, 3);
  EXPECT_THROW(static_cast<void>(error.get()), own_error);
  EXPECT_EQ(alive, 0);
}

TEST_P(future_on, a_value_whose_future_was_dropped_is_gone_before_the_join_returns) {
  for (int i = 0; i < 200; ++i) {
    std::atomic<int> alive{0};
    task_group group(ctx_);
    {
      auto dropped = group.async([&alive] { return counted(alive); });
    }
    group.join().get();
    EXPECT_EQ(alive, 0);
  }
}

TEST_P(future_on, an_exception_that_its_future_has_thrown_needs_no_join) {
  task_group group(ctx_);
  auto f = group.async([]() -> int { throw own_error{}; });
  EXPECT_THROW(static_cast<void>(f.get()), own_error);
}

TEST(future_death, misuse_ends_the_program_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto in_a_group = [](auto misuse) {
    braid::work_stealing_executor pool(1);
    task_group group{braid::context(braid::environment{.executor = &pool})};
    auto [tx, rx] = braid::channel<int>(0);
    misuse(group, rx);
    tx.close();
    group.join().get();
  };
  EXPECT_DEATH(in_a_group([](task_group& g, auto& rx) { static_cast<void>(g.async(relay, rx).result()); }),
               "whose task has not ended");
  EXPECT_DEATH(in_a_group([](task_group& g, auto&) {
                 auto f = g.async(add, 1, 2);
                 EXPECT_EQ(f.get(), 3);
                 static_cast<void>(f.get());
               }),
               "was taken already: keep it");
  EXPECT_DEATH(in_a_group([](task_group& g, auto&) {
                 auto f = g.async(add, 1, 2);
                 const auto moved = std::move(f);
                 static_cast<void>(braid::select(f).get());
               }),
               "a future that was moved from");
}

TEST(future_death, a_task_that_waits_for_its_own_future_ends_the_program_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto wait_for_myself = [] {
    braid::work_stealing_executor pool(1);
    task_group group{braid::context(braid::environment{.executor = &pool})};
    auto [tx, rx] = braid::channel<future<void>*>(1);
    auto f = group.async(
        [](braid::receiver<future<void>*> in) -> braid::task<> {
          const std::optional<future<void>*> own = co_await in.recv();
          co_await **own;
        },
        rx);
    EXPECT_TRUE(tx.send(&f).get());
    group.join().get();
  };
  EXPECT_DEATH(wait_for_myself(), "waits for its own future");
}

namespace {

struct linked_future {
  std::unique_ptr<braid::future<linked_future>> next;
};

}  // namespace

TEST_P(future_on, futures_that_are_values_of_each_other_go_without_a_deep_stack) {
  task_group group(ctx_);
  std::unique_ptr<braid::future<linked_future>> chain;
  for (int i = 0; i < 100'000; ++i) {
    chain = std::make_unique<braid::future<linked_future>>(
        group.async([](std::unique_ptr<braid::future<linked_future>> last) { return linked_future{std::move(last)}; },
                    std::move(chain)));
  }
  group.join().get();
  chain.reset();
}
