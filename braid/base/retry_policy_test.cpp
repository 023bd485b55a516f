#include "braid/base/retry_policy.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace std::chrono_literals;
using braid::retry_policy;

TEST(retry_policy, allows_as_many_tries_as_retries_plus_one) {
  constexpr retry_policy policy{.retries = 2};
  EXPECT_TRUE(policy.allows(1));
  EXPECT_TRUE(policy.allows(2));
  EXPECT_FALSE(policy.allows(3));
}

TEST(retry_policy, the_ceiling_doubles_until_the_longest_wait) {
  constexpr retry_policy policy{.retries = 9, .first = 1s, .longest = 60s};
  EXPECT_EQ(policy.ceiling(1), 1s);
  EXPECT_EQ(policy.ceiling(2), 2s);
  EXPECT_EQ(policy.ceiling(6), 32s);
  EXPECT_EQ(policy.ceiling(7), 60s);
  EXPECT_EQ(policy.ceiling(4'000'000'000U), 60s);
}

TEST(retry_policy, a_first_wait_above_the_longest_is_cut_to_it) {
  constexpr retry_policy policy{.retries = 1, .first = 9s, .longest = 2s};
  EXPECT_EQ(policy.ceiling(1), 2s);
}

TEST(retry_policy, jitter_fills_the_whole_range_and_never_leaves_it) {
  constexpr retry_policy policy{.retries = 1, .first = 1s, .longest = 60s};
  std::mt19937_64 random(7);
  auto least = std::chrono::nanoseconds::max();
  auto most = std::chrono::nanoseconds::min();
  for (int i = 0; i < 1000; ++i) {
    const auto wait = policy.delay(3, random);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_GE(least, 0s);
  EXPECT_LT(least, 200ms);
  EXPECT_GT(most, 3800ms);
  EXPECT_LE(most, 4s);
}

TEST(retry_policy, equal_seeds_give_equal_waits) {
  constexpr retry_policy policy{.retries = 1};
  std::mt19937_64 one(42);
  std::mt19937_64 two(42);
  for (unsigned failures = 1; failures < 20; ++failures) {
    EXPECT_EQ(policy.delay(failures, one), policy.delay(failures, two));
  }
}
