#include "braid/runtime/spread_policy.hpp"

#include <gtest/gtest.h>

namespace {

using braid::spread;
using braid::detail::seat_look;
using braid::detail::spread_policy;

constexpr std::int64_t us = 1'000;

bool lazily(const seat_look& first, const seat_look& now) {
  return spread_policy::worth_taking(spread::lazy, first, now);
}

}  // namespace

TEST(spread_policy, nothing_queued_is_nothing_to_take) {
  EXPECT_FALSE(lazily({0, 7, 0}, {1000 * us, 7, 0}));
  EXPECT_FALSE(spread_policy::worth_taking(spread::eager, {0, 7, 0}, {1000 * us, 7, 0}));
}

TEST(spread_policy, eager_takes_at_the_first_look) {
  EXPECT_TRUE(spread_policy::worth_taking(spread::eager, {0, 7, 1}, {0, 7, 1}));
}

TEST(spread_policy, lazy_leaves_what_is_drained_quickly) {
  // 40 slices in 2 us: the 8 that wait are done in 0.4 us
  EXPECT_FALSE(lazily({0, 100, 8}, {2 * us, 140, 8}));
}

TEST(spread_policy, lazy_takes_what_would_wait_for_20_us) {
  // a slice takes 5 us: four of them are 20 us of waiting
  EXPECT_TRUE(lazily({0, 100, 4}, {10 * us, 102, 4}));
  EXPECT_FALSE(lazily({0, 100, 3}, {10 * us, 102, 3}));
}

TEST(spread_policy, lazy_waits_until_a_slice_is_50_us_old) {
  EXPECT_FALSE(lazily({0, 100, 1}, {49 * us, 100, 1}));
  EXPECT_TRUE(lazily({0, 100, 1}, {50 * us, 100, 1}));
}

TEST(spread_policy, the_count_of_slices_may_wrap) {
  EXPECT_TRUE(lazily({0, 0xffffffff, 4}, {10 * us, 1, 4}));
}
