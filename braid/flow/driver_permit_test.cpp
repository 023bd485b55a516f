#include "braid/flow/driver_permit.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace {

using namespace std::chrono_literals;
using braid::detail::driver_permit;
using braid::detail::thread_usage;

driver_permit given() {
  driver_permit one;
  for (int i = 0; i < driver_permit::items_to_prove; ++i) one.item_took(1us);
  return one;
}
const driver_permit::time_point start{};

TEST(driver_permit, is_given_after_32_short_items_in_a_row) {
  driver_permit one;
  for (int i = 0; i < 31; ++i) EXPECT_FALSE(one.item_took(49us));
  EXPECT_FALSE(one.item_took(50us));
  for (int i = 0; i < 31; ++i) EXPECT_FALSE(one.item_took(49us));
  EXPECT_FALSE(one.is_held());
  EXPECT_TRUE(one.item_took(49us));
  EXPECT_TRUE(one.is_held());
}

TEST(driver_permit, is_lost_for_good_by_an_item_that_two_looks_find_200_us_apart) {
  driver_permit one = given();
  const thread_usage unknown;
  one.begins();
  one.look(start, unknown);
  one.look(start + 199us, unknown);
  EXPECT_TRUE(one.is_held());
  one.look(start + 200us, unknown);
  EXPECT_FALSE(one.is_held());
  EXPECT_TRUE(one.ends());
  one.judge(false);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(one.item_took(1us));
  EXPECT_FALSE(one.is_held());
}

TEST(driver_permit, stays_while_each_look_finds_another_item) {
  driver_permit one = given();
  for (int i = 0; i < 100; ++i) {
    one.begins();
    one.look(start + i * 1ms, thread_usage());
    EXPECT_FALSE(one.ends());
  }
  EXPECT_TRUE(one.is_held());
}

TEST(driver_permit, comes_back_after_an_item_that_was_only_preempted) {
  driver_permit one = given();
  one.begins();
  one.look(start, thread_usage());
  one.look(start + 1ms, thread_usage());
  EXPECT_TRUE(one.ends());
  one.judge(true);
  EXPECT_TRUE(one.is_held());
}

TEST(driver_permit, is_not_for_an_item_that_sleeps_or_computes) {
  thread_usage mine;
  mine.begin();
  EXPECT_TRUE(mine.is_of_this_thread());
  driver_permit one = given();
  one.begins();
  one.look(start, mine);
  const auto end = mine.cpu_time() + 2ms;
  while (mine.cpu_time() < end) {
  }
  EXPECT_FALSE(one.was_preempted(start + 2ms, mine));
  std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(mine.has_only_been_preempted());
}

}  // namespace
