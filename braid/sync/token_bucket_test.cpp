#include "braid/sync/token_bucket.hpp"

#include <gtest/gtest.h>

#include <limits>

using namespace std::chrono_literals;
using braid::time_point;
using braid::detail::token_bucket;

namespace {

constexpr time_point start = time_point{} + 1h;
constexpr auto never = time_point::max();
constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

/// Takes one token after the other as soon as each is there, and gives the time of the last.
time_point take_singly(token_bucket& bucket, int count) {
  time_point at{};
  for (int i = 0; i < count; ++i) bucket.take(1, at = bucket.when(1));
  return at;
}

}  // namespace

TEST(token_bucket, is_full_at_first_and_no_fuller_later) {
  token_bucket bucket({.tokens = 10, .per = 1s, .burst = 3}, start);
  EXPECT_EQ(bucket.when(3), start);
  bucket.take(3, start + 1h);
  EXPECT_EQ(bucket.when(1), start + 1h + 100ms);
  EXPECT_EQ(bucket.when(3), start + 1h + 300ms);
}

TEST(token_bucket, says_the_first_nanosecond_at_which_a_token_is_there) {
  token_bucket bucket({.tokens = 3, .per = 10ns, .burst = 1}, start);
  bucket.take(1, start);
  EXPECT_EQ(bucket.when(1), start + 4ns) << "a third of 10 ns, rounded up";
}

TEST(token_bucket, does_not_drift_over_a_million_tokens_of_an_uneven_rate) {
  token_bucket bucket({.tokens = 3, .per = 10ns, .burst = 2}, start);
  EXPECT_EQ(take_singly(bucket, 2), start);
  EXPECT_EQ(take_singly(bucket, 3'000'000), start + 10'000'000ns);
}

TEST(token_bucket, with_a_burst_of_1_never_gives_sooner_than_the_rate_allows) {
  token_bucket bucket({.tokens = 3, .per = 10ns, .burst = 1}, start);
  EXPECT_EQ(take_singly(bucket, 4), start + 12ns) << "4 ns apart: at 3 ns the second would be too early";
}

TEST(token_bucket, a_change_keeps_what_is_there_to_the_part_of_a_token) {
  token_bucket bucket({.tokens = 1, .per = 10ns, .burst = 5}, start);
  bucket.take(5, start);
  bucket.change({.tokens = 1, .per = 20ns, .burst = 5}, start + 25ns);
  EXPECT_EQ(bucket.when(2), start + 25ns);
  EXPECT_EQ(bucket.when(3), start + 35ns) << "half a token was there, and the rest takes half of 20 ns";
}

TEST(token_bucket, a_change_rounds_down_a_part_that_the_new_rate_cannot_say) {
  token_bucket bucket({.tokens = 1, .per = 3ns, .burst = 1}, start);
  bucket.take(1, start);
  bucket.change({.tokens = 1, .per = 10ns, .burst = 1}, start + 2ns);
  EXPECT_EQ(bucket.when(1), start + 6ns) << "two thirds of a token: 6 of 10 parts";
}

TEST(token_bucket, a_change_to_a_smaller_burst_spills_what_is_above_it_and_a_larger_one_adds_nothing) {
  token_bucket bucket({.tokens = 1, .per = 10ns, .burst = 5}, start);
  bucket.change({.tokens = 1, .per = 10ns, .burst = 2}, start);
  bucket.change({.tokens = 1, .per = 10ns, .burst = 9}, start);
  EXPECT_EQ(bucket.when(2), start);
  EXPECT_EQ(bucket.when(3), start + 10ns);
}

TEST(token_bucket, the_largest_numbers_do_not_overflow) {
  token_bucket bucket({.tokens = most, .per = braid::duration::max(), .burst = most}, time_point::min());
  EXPECT_EQ(bucket.when(most), time_point::min());
  bucket.take(most, time_point::min());
  EXPECT_EQ(bucket.when(2), time_point::min() + 1ns);
  bucket.change({.tokens = 1, .per = braid::duration::max(), .burst = most}, time_point::min() + 1ns);
  EXPECT_EQ(bucket.when(most), never);
  bucket.take(1, time_point::max() - 1ns);
  EXPECT_EQ(bucket.when(most), never);
}

TEST(token_bucket, a_token_beyond_the_end_of_time_never_comes) {
  token_bucket bucket({.tokens = 1, .per = braid::duration::max(), .burst = 3}, start);
  bucket.take(3, start);
  EXPECT_EQ(bucket.when(1), never);
}
