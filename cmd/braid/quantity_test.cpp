#include "cmd/braid/quantity.hpp"

#include <gtest/gtest.h>

#include "braid/runner/refusal.hpp"

using namespace std::chrono_literals;
using braid::runner::fail_limit;
using braid::runner::refusal;
using namespace braid::cmd;

TEST(quantity, durations_have_units_and_a_plain_number_is_seconds) {
  EXPECT_EQ(parse_duration("--timeout", "500ms"), 500ms);
  EXPECT_EQ(parse_duration("--timeout", "30s"), 30s);
  EXPECT_EQ(parse_duration("--timeout", "5m"), 5min);
  EXPECT_EQ(parse_duration("--timeout", "2h"), 2h);
  EXPECT_EQ(parse_duration("--timeout", "7"), 7s);
}

TEST(quantity, a_duration_that_means_nothing_is_refused) {
  for (const std::string_view text : {"", "s", "-1s", "0", "1.5s", "5 s", "5d", "99999999999999h", "1sm"}) {
    EXPECT_THROW(static_cast<void>(parse_duration("--timeout", text)), refusal) << text;
  }
}

TEST(quantity, slots_are_a_number_a_share_of_the_cpus_or_more_than_them) {
  EXPECT_EQ(parse_slots("-j", "8", 4), 8U);
  EXPECT_EQ(parse_slots("-j", "50%", 4), 2U);
  EXPECT_EQ(parse_slots("-j", "1%", 4), 1U);
  EXPECT_EQ(parse_slots("-j", "+2", 4), 6U);
}

TEST(quantity, slots_that_mean_nothing_are_refused) {
  for (const std::string_view text : {"", "0", "-1", "auto", "10001", "+", "%", "+5%", "99999999999999999999"}) {
    EXPECT_THROW(static_cast<void>(parse_slots("-j", text, 4)), refusal) << text;
  }
}

TEST(quantity, a_limit_of_failures_counts_jobs_or_percent) {
  EXPECT_EQ(parse_fail_limit("--max-fails", "3").counts, fail_limit::unit::jobs);
  EXPECT_EQ(parse_fail_limit("--max-fails", "5%").counts, fail_limit::unit::percent);
  EXPECT_EQ(parse_fail_limit("--max-fails", "5%").most, 5U);
  EXPECT_THROW(static_cast<void>(parse_fail_limit("--max-fails", "101%")), refusal);
}

TEST(quantity, backoff_is_a_range_of_times) {
  braid::retry_policy policy;
  parse_backoff("--backoff", "200ms..5s", policy);
  EXPECT_EQ(policy.first, 200ms);
  EXPECT_EQ(policy.longest, 5s);
  EXPECT_THROW(parse_backoff("--backoff", "5s..1s", policy), refusal);
}

TEST(quantity, a_refusal_names_the_option_the_text_and_what_is_wanted) {
  try {
    static_cast<void>(parse_number("-r", "many", 0, 9));
    FAIL() << "accepted";
  } catch (const refusal& said) {
    EXPECT_STREQ(said.what(), "-r takes a number from 0 to 9, not \"many\"");
  }
}
