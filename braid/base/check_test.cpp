#include "braid/base/check.hpp"

#include <gtest/gtest.h>

TEST(check, a_broken_contract_ends_the_program_with_its_sentence) {
  EXPECT_DEATH(BRAID_CHECK(1 > 2, "one is not above two"), "braid: one is not above two");
}

TEST(check, a_kept_contract_costs_nothing_and_says_nothing) {
  BRAID_CHECK(2 > 1, "never said");
}
