#include "braid/runner/fail_limit.hpp"

#include <gtest/gtest.h>

using braid::runner::fail_limit;

TEST(fail_limit, without_a_limit_nothing_is_too_many) {
  EXPECT_FALSE(fail_limit{}.exceeded(1'000'000, 1'000'000));
}

TEST(fail_limit, so_many_jobs_may_fail_and_not_one_more) {
  constexpr fail_limit limit{fail_limit::unit::jobs, 3};
  EXPECT_FALSE(limit.exceeded(3, 3));
  EXPECT_TRUE(limit.exceeded(4, 1000));
}

TEST(fail_limit, a_percentage_is_of_the_jobs_that_have_ended) {
  constexpr fail_limit limit{fail_limit::unit::percent, 10};
  EXPECT_FALSE(limit.exceeded(10, 100));
  EXPECT_TRUE(limit.exceeded(11, 100));
}

TEST(fail_limit, a_percentage_is_not_judged_by_the_first_few_jobs) {
  constexpr fail_limit limit{fail_limit::unit::percent, 5};
  EXPECT_FALSE(limit.exceeded(1, 1));
  EXPECT_FALSE(limit.exceeded(19, 19));
  EXPECT_FALSE(limit.exceeded(1, 20));
  EXPECT_TRUE(limit.exceeded(2, 20));
}

TEST(fail_limit, no_percent_at_all_is_exceeded_by_the_first_failure) {
  EXPECT_TRUE((fail_limit{fail_limit::unit::percent, 0}.exceeded(1, 1)));
}
