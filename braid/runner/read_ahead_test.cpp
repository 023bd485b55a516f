#include "braid/runner/read_ahead.hpp"

#include <gtest/gtest.h>

#include <thread>

using braid::runner::read_ahead;

TEST(read_ahead, room_shrinks_with_what_is_read_and_grows_with_what_is_taken) {
  read_ahead ahead;
  const auto before = ahead.room(0);
  for (int i = 0; i < 100; ++i) ahead.add(10);
  EXPECT_EQ(ahead.room(0), before - 100);
  for (int i = 0; i < 100; ++i) ahead.take(10);
  EXPECT_EQ(ahead.room(0), before);
}

TEST(read_ahead, a_read_that_is_all_delimiters_cannot_break_the_bound_on_lines) {
  read_ahead ahead;
  std::size_t lines = 0;
  while (lines < read_ahead::most_lines * 63 / 64) {
    const auto room = ahead.room(0);
    ASSERT_GT(room, 0U);
    ASSERT_LT(lines + room, read_ahead::most_lines);
    for (std::size_t i = 0; i < room; ++i) ahead.add(0);
    lines += room;
  }
}

TEST(read_ahead, few_long_inputs_are_bounded_by_their_bytes) {
  read_ahead ahead;
  for (int i = 0; i < 7; ++i) ahead.add(128 * 1024);
  EXPECT_LE(ahead.room(1000), read_ahead::most_bytes - 7 * 128 * 1024 - 1000);
}

TEST(read_ahead, a_reader_at_the_bound_waits_until_half_is_free) {
  read_ahead ahead;
  for (std::size_t i = 0; i < read_ahead::most_lines - 1; ++i) ahead.add(1);
  std::size_t room = 0;
  std::thread reader([&] { room = ahead.room(0); });
  for (std::size_t i = 0; i < read_ahead::most_lines / 2; ++i) ahead.take(1);
  reader.join();
  EXPECT_GE(room, read_ahead::most_lines / 2);
}

TEST(read_ahead, stop_ends_a_wait_and_leaves_no_room) {
  read_ahead ahead;
  for (std::size_t i = 0; i < read_ahead::most_lines - 1; ++i) ahead.add(1);
  std::thread stopper([&] { ahead.stop(); });
  EXPECT_EQ(ahead.room(0), 0U);
  stopper.join();
}
