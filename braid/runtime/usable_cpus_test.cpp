#include "braid/runtime/usable_cpus.hpp"

#include <gtest/gtest.h>

using braid::usable_cpus;
using braid::detail::cpus_of_quota;

TEST(usable_cpus, there_is_at_least_one) {
  EXPECT_GE(usable_cpus(), 1U);
}

TEST(usable_cpus, a_quota_is_rounded_up_to_whole_cpus) {
  EXPECT_EQ(cpus_of_quota("150000 100000\n"), 2U);
  EXPECT_EQ(cpus_of_quota("100000 100000\n"), 1U);
  EXPECT_EQ(cpus_of_quota("20000 100000\n"), 1U);
}

TEST(usable_cpus, no_quota_is_no_limit) {
  EXPECT_EQ(cpus_of_quota("max 100000\n"), std::nullopt);
  EXPECT_EQ(cpus_of_quota(""), std::nullopt);
  EXPECT_EQ(cpus_of_quota("100000"), std::nullopt);
}
