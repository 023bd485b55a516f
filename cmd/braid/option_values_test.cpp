#include "cmd/braid/option_values.hpp"

#include <gtest/gtest.h>

#include "braid/runner/usage_error.hpp"

using namespace std::chrono_literals;
using braid::runner::fail_limit;
using braid::runner::usage_error;
using namespace braid::cmd;

TEST(option_values, durations_have_units_and_a_plain_number_is_seconds) {
  EXPECT_EQ(parse_duration("--timeout", "500ms"), 500ms);
  EXPECT_EQ(parse_duration("--timeout", "30s"), 30s);
  EXPECT_EQ(parse_duration("--timeout", "5m"), 5min);
  EXPECT_EQ(parse_duration("--timeout", "2h"), 2h);
  EXPECT_EQ(parse_duration("--timeout", "7"), 7s);
}

TEST(option_values, durations_are_read_as_people_write_them) {
  EXPECT_EQ(parse_duration("--timeout", "0.2s"), 200ms);
  EXPECT_EQ(parse_duration("--timeout", ".5"), 500ms);
  EXPECT_EQ(parse_duration("--timeout", "1.5h"), 90min);
  EXPECT_EQ(parse_duration("--timeout", "1m30s"), 90s);
  EXPECT_EQ(parse_duration("--timeout", "1h 30m"), 90min);
  EXPECT_EQ(parse_duration("--timeout", "1d"), 24h);
  EXPECT_EQ(parse_duration("--timeout", "1d12h30m10s500ms"), 36h + 30min + 10s + 500ms);
  EXPECT_EQ(parse_duration("--timeout", "90 seconds"), 90s);
  EXPECT_EQ(parse_duration("--timeout", "5min"), 5min);
  EXPECT_EQ(parse_duration("--timeout", "1500us"), 1500us);
}

TEST(option_values, a_duration_that_means_nothing_is_refused) {
  for (const std::string_view text :
       {"",     "s",     "-1s",  "0",    "0s",  "0.0001s", "5 x", "5D",  "99999999999999h", "1sm", "1m30", "30s1m",
        "1s2s", "1..5s", "1:30", "1e3s", "+5s", ".s",      "inf", "nan", "10001h",          "300%"}) {
    EXPECT_THROW(static_cast<void>(parse_duration("--timeout", text)), usage_error) << text;
  }
}

TEST(option_values, slots_are_a_number_a_share_of_the_cpus_or_more_than_them) {
  EXPECT_EQ(parse_slots("-j", "8", 4), 8U);
  EXPECT_EQ(parse_slots("-j", "50%", 4), 2U);
  EXPECT_EQ(parse_slots("-j", "1%", 4), 1U);
  EXPECT_EQ(parse_slots("-j", "+2", 4), 6U);
}

TEST(option_values, slots_that_mean_nothing_are_refused) {
  for (const std::string_view text : {"", "0", "-1", "auto", "10001", "+", "%", "+5%", "99999999999999999999"}) {
    EXPECT_THROW(static_cast<void>(parse_slots("-j", text, 4)), usage_error) << text;
  }
}

TEST(option_values, a_limit_of_failures_counts_jobs_or_percent) {
  EXPECT_EQ(parse_fail_limit("--max-fails", "3").counts, fail_limit::unit::jobs);
  EXPECT_EQ(parse_fail_limit("--max-fails", "5%").counts, fail_limit::unit::percent);
  EXPECT_EQ(parse_fail_limit("--max-fails", "5%").most, 5U);
  EXPECT_THROW(static_cast<void>(parse_fail_limit("--max-fails", "101%")), usage_error);
}

TEST(option_values, backoff_is_a_range_of_times) {
  braid::retry_policy policy;
  parse_backoff("--backoff", "200ms..5s", policy);
  EXPECT_EQ(policy.first, 200ms);
  EXPECT_EQ(policy.longest, 5s);
  parse_backoff("--backoff", "0.5s..1m30s", policy);
  EXPECT_EQ(policy.first, 500ms);
  EXPECT_EQ(policy.longest, 90s);
  parse_backoff("--backoff", "1.5", policy);
  EXPECT_EQ(policy.first, 1500ms);
  EXPECT_EQ(policy.longest, 1500ms);
  EXPECT_THROW(parse_backoff("--backoff", "5s..1s", policy), usage_error);
}

TEST(option_values, a_refusal_names_the_option_the_text_and_what_is_wanted) {
  try {
    static_cast<void>(parse_number("-r", "many", 0, 9));
    FAIL() << "accepted";
  } catch (const usage_error& said) {
    EXPECT_STREQ(said.what(), "-r takes a number from 0 to 9, not \"many\"");
  }
}
