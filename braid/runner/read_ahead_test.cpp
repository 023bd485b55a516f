#include "braid/runner/read_ahead.hpp"

#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

using braid::runner::read_ahead;

namespace {

/// Returns once the kernel says that the thread sleeps.
void wait_until_asleep(pid_t thread) {
  for (std::string number, name, state; state != "S"; std::this_thread::yield())
    std::ifstream("/proc/self/task/" + std::to_string(thread) + "/stat") >> number >> name >> state;
}

}  // namespace

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
  std::atomic<pid_t> reading{0};
  std::thread reader([&] {
    reading = ::gettid();
    room = ahead.room(0);
  });
  while (reading == 0) std::this_thread::yield();
  wait_until_asleep(reading);
  for (std::size_t i = 0; i < read_ahead::most_lines / 2; ++i) ahead.take(1);
  reader.join();
  EXPECT_GE(room, read_ahead::most_lines / 2 - 1);
}

TEST(read_ahead, stop_ends_a_wait_and_leaves_no_room) {
  read_ahead ahead;
  for (std::size_t i = 0; i < read_ahead::most_lines - 1; ++i) ahead.add(1);
  std::thread stopper([&] { ahead.stop(); });
  EXPECT_EQ(ahead.room(0), 0U);
  stopper.join();
}
