#include "braid/sync/task_group.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "braid/runtime/select.hpp"
#include "braid/runtime/shielded.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/within.hpp"

using namespace std::chrono_literals;
using braid::context;
using braid::task_group;

namespace {

struct first_error {};
struct second_error {};

class task_group_on : public testing::TestWithParam<std::size_t> {
 protected:
  braid::work_stealing_executor pool_{GetParam()};
  context ctx_{braid::environment{.executor = &pool_}};
};

/// Waits for ever; notes that it was cancelled.
braid::task<> start_and_wait_for_ever(std::atomic<int>* started, std::atomic<int>* cancelled) {
  auto [tx, rx] = braid::channel<int>(0);
  ++*started;
  try {
    static_cast<void>(co_await rx.recv());
  } catch (const braid::cancelled&) {
    ++*cancelled;
    throw;
  }
}

void wait_for(const std::atomic<int>& value, int wanted) {
  while (value != wanted) std::this_thread::yield();
}

/// Notes its death.
struct noting {
  explicit noting(std::atomic<int>& dead) : dead_(&dead) {}
  noting(noting&& other) noexcept : dead_(std::exchange(other.dead_, nullptr)) {}
  ~noting() {
    if (dead_) ++*dead_;
  }
  std::atomic<int>* dead_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(workers, task_group_on, testing::Values(1, 2));

TEST_P(task_group_on, join_of_an_empty_group_is_ready) {
  task_group group(ctx_);
  group.join().get();
}

TEST_P(task_group_on, join_waits_for_coroutines_and_plain_functions) {
  std::atomic<int> ran{0};
  task_group group(ctx_);
  for (int i = 0; i < 50; ++i) {
    group.spawn([&ran] { ++ran; });
    group.spawn(
        [](std::atomic<int>* n) -> braid::task<> {
          ++*n;
          co_return;
        },
        &ran);
  }
  group.join().get();
  EXPECT_EQ(ran, 100);
}

TEST_P(task_group_on, join_gives_the_exception_of_a_plain_function_and_of_a_coroutine) {
  {
    task_group group(ctx_);
    group.spawn([] { throw first_error{}; });
    EXPECT_THROW(group.join().get(), first_error);
  }
  task_group group(ctx_);
  group.spawn([]() -> braid::task<> {
    throw first_error{};
    co_return;
  });
  EXPECT_THROW(group.join().get(), first_error);
}

TEST_P(task_group_on, the_first_exception_cancels_the_siblings_at_once) {
  std::atomic<int> started{0}, cancelled{0};
  task_group group(ctx_);
  for (int i = 0; i < 3; ++i) group.spawn(start_and_wait_for_ever, &started, &cancelled);
  wait_for(started, 3);
  group.spawn([] { throw first_error{}; });
  EXPECT_THROW(group.join().get(), first_error);
  EXPECT_EQ(cancelled, 3);
}

TEST_P(task_group_on, errors_has_all_that_was_thrown_the_failure_first) {
  std::atomic<int> started{0};
  task_group group(ctx_);
  group.spawn(
      [](std::atomic<int>* up) -> braid::task<> {
        auto [tx, rx] = braid::channel<int>(0);
        ++*up;
        try {
          static_cast<void>(co_await rx.recv());
        } catch (const braid::cancelled&) {
        }
        throw second_error{};
      },
      &started);
  wait_for(started, 1);
  group.spawn([] { throw first_error{}; });
  EXPECT_THROW(group.join().get(), first_error);
  ASSERT_EQ(group.errors().size(), 2u);
  EXPECT_THROW(std::rethrow_exception(group.errors()[0].exception), first_error);
  EXPECT_THROW(std::rethrow_exception(group.errors()[1].exception), second_error);
}

TEST_P(task_group_on, may_be_used_again_after_a_join) {
  std::atomic<int> ran{0};
  task_group group(ctx_);
  for (int round = 1; round <= 3; ++round) {
    group.spawn([&ran] { ++ran; });
    group.join().get();
    EXPECT_EQ(ran, round);
  }
}

TEST_P(task_group_on, a_group_that_ends_without_a_join_cancels_and_waits) {
  std::atomic<int> started{0}, cancelled{0};
  {
    task_group group(ctx_);
    for (int i = 0; i < 4; ++i) group.spawn(start_and_wait_for_ever, &started, &cancelled);
    wait_for(started, 4);
  }
  EXPECT_EQ(cancelled, 4);
}

TEST_P(task_group_on, cancel_is_no_error_of_the_children) {
  std::atomic<int> started{0}, cancelled{0};
  task_group group(ctx_);
  group.spawn(start_and_wait_for_ever, &started, &cancelled);
  wait_for(started, 1);
  group.cancel();
  EXPECT_NO_THROW(group.join().get());
}

TEST_P(task_group_on, a_cancel_from_above_wakes_the_children_and_is_thrown_by_join) {
  const auto [parent, cancel] = braid::with_cancel(ctx_);
  std::atomic<int> started{0}, cancelled{0};
  task_group group(parent);
  group.spawn(start_and_wait_for_ever, &started, &cancelled);
  wait_for(started, 1);
  cancel("from above");
  try {
    group.join().get();
    ADD_FAILURE() << "join() did not throw";
  } catch (const braid::cancelled& e) {
    EXPECT_STREQ(e.what(), "cancelled: from above");
  }
  EXPECT_EQ(cancelled, 1);
}

TEST_P(task_group_on, a_bare_operation_throws_at_entry_once_the_task_is_cancelled) {
  std::atomic<int> threw{0};
  task_group group(ctx_);
  auto [tx, rx] = braid::channel<int>(1);
  group.spawn(
      [](task_group* own, braid::sender<int> out, std::atomic<int>* n) -> braid::task<> {
        own->cancel();
        auto op = out.send(1);
        try {
          static_cast<void>(co_await op);
        } catch (const braid::cancelled&) {
          ++*n;
        }
      },
      &group, tx, &threw);
  group.join().get();
  EXPECT_EQ(threw, 1);
  EXPECT_EQ(rx.size(), 0u);
}

TEST_P(task_group_on, a_shielded_operation_outlives_the_cancel) {
  std::atomic<int> got{0};
  task_group group(ctx_);
  auto [tx, rx] = braid::channel<int>(0);
  group.spawn(
      [](task_group* own, braid::receiver<int> in, std::atomic<int>* n) -> braid::task<> {
        own->cancel();
        auto op = in.recv();
        const std::optional<int> v = co_await braid::shielded(op);
        *n = *v;
      },
      &group, rx, &got);
  EXPECT_TRUE(tx.send(7).get());
  group.join().get();
  EXPECT_EQ(got, 7);
}

TEST_P(task_group_on, arguments_are_destroyed_before_join_returns) {
  for (int i = 0; i < 200; ++i) {
    std::atomic<int> dead{0};
    task_group group(ctx_);
    group.spawn([](const noting&) {}, noting(dead));
    group.spawn(
        [](noting n) -> braid::task<> {
          static_cast<void>(n);
          co_return;
        },
        noting(dead));
    group.join().get();
    EXPECT_EQ(dead, 2);
  }
}

TEST_P(task_group_on, a_child_may_spawn_into_its_own_group) {
  std::atomic<int> ran{0};
  task_group group(ctx_);
  group.spawn(
      [](task_group* g, std::atomic<int>* n) {
        for (int i = 0; i < 10; ++i) g->spawn([n] { ++*n; });
      },
      &group, &ran);
  group.join().get();
  EXPECT_EQ(ran, 10);
}

TEST_P(task_group_on, a_coroutine_joins_a_group_of_its_own) {
  std::atomic<int> ran{0};
  task_group group(ctx_);
  group.spawn(
      [](std::atomic<int>* n) -> braid::task<> {
        task_group inner;
        for (int i = 0; i < 10; ++i) inner.spawn([n] { ++*n; });
        co_await inner.join();
        if (*n != 10) throw first_error{};
      },
      &ran);
  group.join().get();
  EXPECT_EQ(ran, 10);
}

TEST_P(task_group_on, join_within_a_time_gives_up_and_may_be_joined_later) {
  std::atomic<int> started{0}, cancelled{0};
  task_group group(ctx_);
  group.spawn(start_and_wait_for_ever, &started, &cancelled);
  wait_for(started, 1);
  EXPECT_THROW(braid::within(1ms, group.join()).get(), braid::timed_out);
  EXPECT_EQ(cancelled, 0);
  group.cancel();
  group.join().get();
  EXPECT_EQ(cancelled, 1);
}

TEST_P(task_group_on, join_may_stand_in_a_select) {
  task_group group(ctx_);
  group.spawn([] {});
  auto all = group.join();
  EXPECT_EQ(braid::select(all, braid::after(1h)).get(), 0u);
  all.result();
}

TEST_P(task_group_on, a_task_that_fails_by_its_own_time_out_fails_the_group) {
  task_group group(ctx_);
  auto [tx, rx] = braid::channel<int>(0);
  group.spawn([](braid::receiver<int> in) -> braid::task<> { co_await braid::within(1ms, in.recv()); }, rx);
  EXPECT_THROW(group.join().get(), braid::timed_out);
}

TEST_P(task_group_on, a_task_that_joins_its_own_group_ends_the_program_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // the executor's threads are not in a forked child
  const auto join_myself = [this] {
    task_group group(ctx_);
    group.spawn([](task_group* own) -> braid::task<> { co_await own->join(); }, &group);
    group.join().get();
  };
  EXPECT_DEATH(join_myself(), "waits in join\\(\\) of the group that it belongs to");
}

TEST_P(task_group_on, a_group_that_ends_in_a_coroutine_before_its_tasks_cancels_and_waits_for_them) {
  std::atomic<int> started{0}, cancelled{0};
  task_group outer(ctx_);
  outer.spawn([&]() -> braid::task<> {
    task_group inner;
    for (int i = 0; i < 3; ++i) inner.spawn(start_and_wait_for_ever, &started, &cancelled);
    co_return;
  });
  outer.join().get();
  EXPECT_EQ(cancelled, started);
}

TEST_P(task_group_on, a_task_sees_the_context_and_environment_it_was_spawned_with) {
  static const braid::context_key<int> key;
  const context with = braid::with_value(ctx_, key, 42);
  std::atomic<int> seen{0};
  braid::executor* ran_on = nullptr;
  task_group group(with);
  group.spawn([&] {
    seen = *braid::current_context().value(key);
    ran_on = braid::current_environment().executor;
  });
  group.join().get();
  EXPECT_EQ(seen, 42);
  EXPECT_EQ(ran_on, &pool_);
}

TEST(task_group, an_executor_that_is_destroyed_cancels_its_tasks_and_waits_for_them) {
  std::atomic<int> started{0}, cancelled{0};
  auto pool = std::make_unique<braid::work_stealing_executor>(2);
  task_group group{context(braid::environment{.executor = pool.get()})};
  for (int i = 0; i < 4; ++i) group.spawn(start_and_wait_for_ever, &started, &cancelled);
  wait_for(started, 4);
  pool.reset();
  EXPECT_EQ(cancelled, 4);
  EXPECT_NO_THROW(group.join().get());
}

TEST(task_group, may_be_cancelled_and_joined_inside_a_stop_callback_of_another_context) {
  std::stop_source outer, inner;
  const context other = braid::with_stop(context(), outer.get_token());
  const context own = braid::with_stop(context(), inner.get_token());
  std::atomic<int> started{0}, cancelled{0};
  task_group group(own);
  group.spawn(start_and_wait_for_ever, &started, &cancelled);
  wait_for(started, 1);
  bool has_ended = false;
  const std::stop_callback callback(other.stop_token(), [&] {
    inner.request_stop();
    has_ended = own.is_cancelled();
    if (!has_ended) return;
    EXPECT_THROW(group.join().get(), braid::cancelled);
    EXPECT_EQ(cancelled, 1);
  });
  outer.request_stop();
  EXPECT_TRUE(has_ended);
}

TEST(task_group_death, an_exception_that_no_join_could_rethrow_ends_the_program) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        braid::work_stealing_executor pool(1);
        std::atomic<bool> ran{false};
        task_group group{context(braid::environment{.executor = &pool})};
        group.spawn([&] {
          ran = true;
          throw first_error{};
        });
        while (!ran) std::this_thread::yield();
      },
      "ended without a join");
}

TEST(cancel_stress, every_parked_task_and_thread_is_woken) {
  braid::work_stealing_executor pool(2);
  for (int i = 0; i < 300; ++i) {
    const auto [parent, cancel] = braid::with_cancel(context(braid::environment{.executor = &pool}));
    std::atomic<int> started{0}, cancelled{0};
    task_group group(parent);
    for (int n = 0; n < 8; ++n) group.spawn(start_and_wait_for_ever, &started, &cancelled);
    std::thread t([&c = parent] {
      auto [tx, rx] = braid::channel<int>(0);
      EXPECT_THROW(static_cast<void>(braid::within(c, rx.recv()).get()), braid::cancelled);
    });
    std::thread also([&group] { group.cancel("beside"); });
    cancel("above");
    also.join();
    t.join();
    try {
      group.join().get();
    } catch (const braid::cancelled&) {
    }
    EXPECT_EQ(started, cancelled);
  }
}
