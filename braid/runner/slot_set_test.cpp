#include "braid/runner/slot_set.hpp"

#include <gtest/gtest.h>

using namespace braid::runner;

TEST(slot_set, a_slot_gets_the_lowest_number_that_is_free) {
  const command_template command({"true"});
  const run_options options;
  braid::process::launcher launcher;
  const run_clock clock;
  run_observer observer;
  const braid::process::event_flag stop;
  const slot_surroundings shared{command, options, launcher, observer, clock, stop, stop, {}};
  slot_set slots(shared);
  const auto first = slots.open();
  auto second = slots.open();
  const auto third = slots.open();
  EXPECT_EQ(first->number(), 1U);
  EXPECT_EQ(second->number(), 2U);
  EXPECT_EQ(third->number(), 3U);
  second.reset();
  const auto again = slots.open();
  EXPECT_EQ(again->number(), 2U);
  EXPECT_EQ(slots.open()->number(), 4U);
}
