#include "braid/base/duration_text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using braid::detail::duration_from;

TEST(duration_from, reads_a_number_with_its_unit_and_seconds_without_one) {
  EXPECT_EQ(duration_from("5s"), 5s);
  EXPECT_EQ(duration_from("250ms"), 250ms);
  EXPECT_EQ(duration_from("1.5"), 1500ms);
  EXPECT_EQ(duration_from("1m30s"), 90s);
  EXPECT_EQ(duration_from("2 hours"), 2h);
}

TEST(duration_from, gives_nothing_for_what_is_no_duration) {
  for (const char* const text : {"", "soon", "-5s", "s", "5 parsecs", "0s", "5s 3h", "1e999s", "99999999999999999999s"})
    EXPECT_EQ(duration_from(text), std::nullopt) << text;
}

}  // namespace
