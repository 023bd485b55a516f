// What a cancelled group does with tasks that have not begun, and what one round leaves to the next: nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/blocking.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/ticker.hpp"

using namespace std::chrono_literals;
using braid::context;
using braid::task_group;

namespace {

struct round_error {};

class group_round_law : public testing::TestWithParam<std::size_t> {
 protected:
  braid::work_stealing_executor pool_{GetParam()};
  context ctx_{braid::environment{.executor = &pool_}};
};

/// Counts the ends of what it is moved into.
struct counts_end {
  explicit counts_end(std::atomic<int>& ended) : ended_(&ended) {}
  counts_end(counts_end&& other) noexcept : ended_(std::exchange(other.ended_, nullptr)) {}
  ~counts_end() {
    if (ended_) ++*ended_;
  }
  std::atomic<int>* ended_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(workers, group_round_law, testing::Values(1, 2));

TEST_P(group_round_law, runs_a_round_after_one_that_failed_and_keeps_nothing_of_it) {
  std::atomic<int> done{0};
  const auto wait_and_count = [](std::atomic<int>* n) -> braid::task<> {
    co_await braid::after(1us);
    ++*n;
  };
  task_group group(ctx_);
  for (int round = 1; round <= 3; ++round) {
    group.spawn([] { throw round_error{}; });
    EXPECT_THROW(group.join().get(), round_error);
    ASSERT_EQ(group.errors().size(), 1u);
    EXPECT_EQ(group.errors()[0].number, 0u);
    EXPECT_FALSE(group.ctx().is_cancelled());
    for (int i = 0; i < 10; ++i) group.spawn(wait_and_count, &done);
    auto value = group.async([] { return 3; });
    int sum = 0;
    for (int v : group.generate<int>(1, [](const braid::sender<int>& out) { EXPECT_TRUE(out.send(4).get()); }))
      sum += v;
    group.join().get();
    EXPECT_EQ(done, 10 * round);
    EXPECT_EQ(value.result() + sum, 7);
    EXPECT_TRUE(group.errors().empty());
    EXPECT_EQ(group.skipped(), 0u);
  }
}

TEST_P(group_round_law, runs_a_round_after_one_that_was_cancelled_or_had_enough_successes) {
  std::atomic<int> ran{0};
  task_group group(ctx_);
  group.cancel("round 1");
  group.spawn([&ran] { ++ran; });
  group.join().get();
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(group.skipped(), 1u);
  group.spawn([&ran] { ++ran; });
  group.join().get();
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(group.skipped(), 0u);
  task_group quorum(ctx_, braid::at_least(1));
  for (int round = 1; round <= 3; ++round) {
    auto first = quorum.async([] { return 8; });
    quorum.join().get();
    EXPECT_EQ(first.result(), 8);
  }
}

TEST_P(group_round_law, skips_every_round_below_a_context_that_was_cancelled_and_join_throws_the_cause_each_time) {
  const auto [parent, cancel] = braid::with_cancel(ctx_);
  task_group group(parent);
  cancel("from above");
  for (int round = 0; round < 2; ++round) {
    group.spawn([] { ADD_FAILURE() << "it ran"; });
    EXPECT_THROW(group.join().get(), braid::cancelled);
    EXPECT_EQ(group.skipped(), 1u);
  }
}

TEST_P(group_round_law, what_has_not_begun_when_a_task_fails_is_skipped_and_counted) {
  std::atomic<int> ran{0};
  std::atomic<bool> go{false};
  task_group group(ctx_);
  for (std::size_t i = 1; i < GetParam(); ++i)  // a worker is left for the one that fails
    group.spawn([&] {
      while (!go) std::this_thread::yield();
      ++ran;
    });
  group.spawn([] { throw round_error{}; });
  for (int i = 0; i < 1000; ++i) group.spawn([&ran] { ++ran; });
  for (int i = 0; i < 10; ++i)
    group.spawn(braid::blocking([&, ctx = group.ctx()] {
      while (!ctx.is_cancelled()) std::this_thread::yield();
      ++ran;
    }));
  while (!group.ctx().is_cancelled()) std::this_thread::yield();
  go = true;
  EXPECT_THROW(group.join().get(), round_error);
  EXPECT_EQ(ran + group.skipped(), 1010 + GetParam() - 1);
  EXPECT_GE(group.skipped(), GetParam() == 1 ? 1000u : 0u);
  EXPECT_EQ(group.errors().size(), 1u);
}

TEST_P(group_round_law, what_is_spawned_after_a_cancel_is_skipped_in_every_form) {
  std::atomic<int> dead{0};
  task_group group(ctx_);
  group.cancel("enough");
  group.spawn([](const counts_end&) { ADD_FAILURE() << "it ran"; }, counts_end(dead));
  group.spawn(braid::blocking([](const counts_end&) { ADD_FAILURE() << "it ran"; }), counts_end(dead));
  group.spawn(
      [](counts_end n) -> braid::task<> {
        static_cast<void>(n);
        ADD_FAILURE() << "it ran";
        co_return;
      },
      counts_end(dead));
  auto value = group.async([](const counts_end&) { return 1; }, counts_end(dead));
  auto values = group.generate<int>(
      1, [](const counts_end&, const braid::sender<int>&) { ADD_FAILURE() << "it ran"; }, counts_end(dead));
  group.join().get();
  EXPECT_EQ(dead, 5) << "arguments go with their task";
  EXPECT_EQ(group.skipped(), 5u);
  EXPECT_TRUE(group.errors().empty());
  for (int again = 0; again < 2; ++again) {
    try {
      static_cast<void>(value.get());
      ADD_FAILURE() << "the future gave a value";
    } catch (const braid::cancelled& e) {
      EXPECT_STREQ(e.what(), "cancelled: enough");
    }
  }
  EXPECT_THROW(static_cast<void>(values.recv().get()), braid::cancelled) << "cut off is not the end";
}

TEST_P(group_round_law, a_future_of_a_task_that_was_skipped_says_timed_out_after_a_deadline) {
  task_group group(braid::with_timeout(ctx_, 0s));
  auto value = group.async([] { return 1; });
  EXPECT_THROW(static_cast<void>(value.get()), braid::timed_out);
  EXPECT_THROW(group.join().get(), braid::timed_out);
}

TEST_P(group_round_law, a_clean_up_runs_in_a_group_without_cancel) {
  std::atomic<int> cleaned{0};
  task_group group(ctx_);
  group.spawn([&] {
    group.cancel();
    task_group clean_up(braid::without_cancel(braid::current_context()));
    clean_up.spawn([&cleaned] { ++cleaned; });
    clean_up.join().get();
  });
  group.join().get();
  EXPECT_EQ(cleaned, 1);
}
