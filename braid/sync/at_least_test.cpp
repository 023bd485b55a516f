#include "braid/sync/at_least.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/own_error_test.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/ticker.hpp"

using namespace std::chrono_literals;
using braid::at_least;
using braid::task_group;
using braid::fixture::own_error;

namespace {

braid::task<int> wait_for_ever(std::atomic<int>* cancelled) {
  try {
    co_await braid::after(24h);
  } catch (const braid::cancelled&) {
    ++*cancelled;
    throw;
  }
  co_return 0;
}

int fail() {
  throw own_error{};
}

class at_least_on : public testing::TestWithParam<std::size_t> {
 protected:
  braid::work_stealing_executor pool_{GetParam()};
  braid::context ctx_{braid::environment{.executor = &pool_}};
  std::atomic<int> cancelled_{0};
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(workers, at_least_on, testing::Values(1, 2));

TEST_P(at_least_on, the_first_success_of_1_cancels_the_others_and_join_waits_for_them) {
  task_group group(ctx_, at_least(1));
  auto slow = group.async(wait_for_ever, &cancelled_);
  auto quick = group.async([] { return 7; });
  group.join().get();
  EXPECT_EQ(cancelled_ + group.skipped(), 1u);
  EXPECT_FALSE(slow.has_value());
  EXPECT_EQ(quick.result(), 7);
}

TEST_P(at_least_on, a_failure_cancels_nobody_and_is_no_failure_of_the_group) {
  task_group group(ctx_, at_least(1));
  auto [tx, rx] = braid::channel<int>(0);
  auto value = group.async(
      [](braid::receiver<int> in) -> braid::task<int> {
        const std::optional<int> v = co_await in.recv();
        co_return *v;
      },
      rx);
  auto error = group.async(fail);
  EXPECT_THROW(static_cast<void>(error.get()), own_error);
  EXPECT_TRUE(tx.send(5).get());
  group.join().get();
  EXPECT_EQ(value.result(), 5);
  ASSERT_EQ(group.errors().size(), 1u);
  EXPECT_EQ(group.errors()[0].number, 1u);
}

TEST_P(at_least_on, k_successes_of_n_are_enough) {
  task_group group(ctx_, at_least(3));
  group.spawn(wait_for_ever, &cancelled_);
  group.spawn(fail);
  group.spawn(wait_for_ever, &cancelled_);
  for (int i = 0; i < 3; ++i) group.spawn([] {});
  group.join().get();
  EXPECT_EQ(cancelled_ + group.skipped() + group.errors().size(), 3u);
}

TEST_P(at_least_on, join_throws_the_first_failure_when_too_few_succeeded_and_errors_has_all) {
  task_group group(ctx_, at_least(2));
  group.spawn(fail);
  group.spawn([] {});
  group.spawn(fail);
  EXPECT_THROW(group.join().get(), own_error);
  ASSERT_EQ(group.errors().size(), 2u);
  EXPECT_EQ(group.errors()[0].number + group.errors()[1].number, 2u);
}

TEST_P(at_least_on, join_throws_when_fewer_tasks_were_spawned) {
  task_group group(ctx_, at_least(2));
  group.spawn([] {});
  try {
    group.join().get();
    ADD_FAILURE() << "it did not throw";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "at least 2 tasks of a group had to succeed, and only 1 were there to do so");
  }
}

TEST_P(at_least_on, the_count_starts_again_after_a_join_that_threw) {
  task_group group(ctx_, at_least(2));
  group.spawn([] {});
  EXPECT_THROW(group.join().get(), std::runtime_error);
  group.spawn([] {});
  EXPECT_THROW(group.join().get(), std::runtime_error);
  group.spawn([] {});
  group.spawn([] {});
  group.join().get();
}

TEST_P(at_least_on, join_of_a_group_that_was_cancelled_before_enough_succeeded_throws_the_cause) {
  task_group group(ctx_, at_least(1));
  group.spawn(wait_for_ever, &cancelled_);
  group.cancel("not wanted");
  try {
    group.join().get();
    ADD_FAILURE() << "it did not throw";
  } catch (const braid::cancelled& e) {
    EXPECT_STREQ(e.what(), "cancelled: not wanted");
  }
}

TEST_P(at_least_on, a_deadline_ends_a_group_that_has_too_few_successes) {
  braid::manual_clock clock;
  task_group group(braid::with_timeout(braid::with_environment(ctx_, {.clock = &clock}), 1ms), at_least(2));
  auto quick = group.async([] { return 7; });
  group.spawn(wait_for_ever, &cancelled_);
  while (!quick.has_value()) std::this_thread::yield();
  clock.advance(1ms);
  EXPECT_THROW(group.join().get(), braid::timed_out);
  EXPECT_EQ(cancelled_ + group.skipped(), 1u);
  EXPECT_EQ(quick.result(), 7) << "what came in time is kept";
}
