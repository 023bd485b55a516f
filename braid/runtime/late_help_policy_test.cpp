#include "braid/runtime/late_help_policy.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using braid::detail::late_help_policy;

// A policy with a time and a count of its own.
struct watched {
  late_help_policy watch;
  late_help_policy::time_point now{1h};
  std::uint64_t started = 0;

  late_help_policy::advice look_after(std::chrono::nanoseconds wait, std::uint64_t begun, std::size_t workers = 1) {
    now += wait;
    started += begun;
    return watch.look(now, started, workers, 2);
  }
};

TEST(late_help_policy, work_that_does_not_move_calls_everybody) {
  watched w;
  EXPECT_EQ(w.watch.begin(w.now), 20us);
  EXPECT_EQ(w.look_after(20us, 0).calls, 0u);
  EXPECT_EQ(w.look_after(20us, 0).calls, late_help_policy::everybody);
}

TEST(late_help_policy, work_of_half_a_microsecond_calls_one_while_a_cpu_is_left) {
  watched w;
  w.look_after(20us, 5);
  EXPECT_EQ(w.look_after(20us, 40).calls, 1u);
  w.look_after(20us, 80, 2);
  EXPECT_EQ(w.look_after(20us, 80, 2).calls, 0u) << "two workers, two CPUs";
}

TEST(late_help_policy, short_work_calls_nobody_and_is_looked_at_less_and_less) {
  watched w;
  for (auto pause = 40us; pause <= 640us; pause *= 2) {
    EXPECT_EQ(w.look_after(1ms, 10'000).again, 20us);
    const auto said = w.look_after(20us, 200);
    EXPECT_EQ(said.calls, 0u);
    EXPECT_EQ(said.again, pause);
  }
  w.look_after(1ms, 10'000);
  EXPECT_EQ(w.look_after(20us, 200).again, 1ms);
  EXPECT_EQ(w.watch.begin(w.now + 1ms), 1ms);
}

TEST(late_help_policy, what_was_seen_long_ago_counts_no_more) {
  watched w;
  w.look_after(20us, 200);
  w.look_after(20us, 200);
  EXPECT_EQ(w.watch.begin(w.now + 1ms), 40us);
  EXPECT_EQ(w.watch.begin(w.now + 1s), 20us);
}

TEST(late_help_policy, a_time_before_it_began_is_not_judged) {
  watched w;
  w.look_after(20us, 0);
  w.watch.begin(w.now);
  EXPECT_EQ(w.look_after(20us, 0).calls, 0u);
}

}  // namespace
