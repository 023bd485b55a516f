#include "braid/base/random.hpp"

#include <gtest/gtest.h>

#include <array>

TEST(random, the_same_seed_gives_the_same_numbers) {
  braid::random_engine a(7), b(7), c(8);
  const auto first = a();
  EXPECT_EQ(first, b());
  EXPECT_NE(first, c());
}

TEST(random, below_is_below_its_bound_and_even) {
  braid::random_engine random(1);
  std::array<int, 5> seen{};
  for (int i = 0; i < 50000; ++i) ++seen.at(random.below(5));
  for (int count : seen) EXPECT_NEAR(count, 10000, 500);
}

TEST(random, a_source_gives_every_engine_another_seed) {
  braid::random_source source(3);
  EXPECT_NE(source.next_seed(), source.next_seed());
}
