#include "braid/runner/run_clock.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using braid::runner::run_clock;

namespace {
constexpr run_clock::time_point start{100s};
}  // namespace

TEST(run_clock, time_passes_as_usual_without_pauses) {
  EXPECT_EQ(run_clock().run_time(start + 5s) - run_clock().run_time(start), 5s);
}

TEST(run_clock, time_stands_still_during_a_pause) {
  run_clock clock;
  clock.pause(start + 1s);
  EXPECT_EQ(clock.run_time(start + 9s), clock.run_time(start + 2s));
}

TEST(run_clock, a_pause_that_is_over_does_not_count) {
  run_clock clock;
  clock.pause(start + 1s);
  clock.resume(start + 11s);
  clock.pause(start + 12s);
  clock.resume(start + 22s);
  EXPECT_EQ(clock.run_time(start + 25s), start + 5s);
}

TEST(run_clock, pausing_twice_is_one_pause) {
  run_clock clock;
  clock.pause(start);
  clock.pause(start + 5s);
  clock.resume(start + 10s);
  clock.resume(start + 20s);
  EXPECT_EQ(clock.run_time(start + 30s), start + 20s);
}
