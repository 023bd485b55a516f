#include "braid/sync/limited_task.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "braid/sync/by_hand_test.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;

braid::task<std::string> after_a(braid::duration wait, std::string value) {
  co_await braid::after(wait);
  co_return value;
}
braid::task<> wait_and_note(braid::duration wait, std::atomic<int>* cancelled) {
  try {
    co_await braid::after(wait);
  } catch (const braid::cancelled&) {
    ++*cancelled;
    throw;
  }
}
braid::task<int> fails_at_once() {
  throw std::runtime_error("its own");
  co_return 1;
}

TEST(within_of_a_task, gives_the_value_of_one_that_ends_in_time) {
  EXPECT_EQ(braid::within(1h, after_a(1us, "in time")).get(), "in time");
}

TEST(within_of_a_task, cancels_one_that_is_late_waits_for_its_end_and_throws_timed_out) {
  by_hand world;
  std::atomic<int> cancelled{0};
  int seen = 0;
  world.group.spawn(
      [](std::atomic<int>* n, int* seen_at_end) -> braid::task<> {
        auto limited = braid::within(2s, wait_and_note(24h, n));
        try {
          co_await limited;
        } catch (const braid::timed_out&) {
          *seen_at_end = *n;
        }
      },
      &cancelled, &seen);
  world.advance(1s);
  EXPECT_EQ(cancelled, 0);
  world.advance(1s);
  EXPECT_EQ(seen, 1) << "it has ended by then";
  world.end();
}

TEST(within_of_a_task, takes_a_time_point_and_works_on_a_thread) {
  std::atomic<int> cancelled{0};
  EXPECT_THROW(braid::within(1ms, wait_and_note(24h, &cancelled)).get(), braid::timed_out);
  EXPECT_THROW(braid::within(std::chrono::steady_clock::now() + 1ms, wait_and_note(24h, &cancelled)).get(),
               braid::timed_out);
}

TEST(within_of_a_task, counts_from_its_start_on_the_clock_of_the_task) {
  by_hand world;
  std::string got;
  bool late = false;
  world.group.spawn(
      [](std::string* to, bool* timed_out) -> braid::task<> {
        auto in_time = braid::within(2s, after_a(1s, "in time"));
        auto too_late = braid::within(2s, after_a(3s, "too late"));
        *to = co_await in_time;
        try {
          static_cast<void>(co_await too_late);
        } catch (const braid::timed_out&) {
          *timed_out = true;
        }
      },
      &got, &late);
  world.advance(1s);
  EXPECT_EQ(got, "in time");
  world.advance(1s);
  EXPECT_FALSE(late);
  world.advance(1s);
  EXPECT_TRUE(late);
  world.end();
}

TEST(within_of_a_task, throws_what_the_task_throws) {
  try {
    static_cast<void>(braid::within(1h, fails_at_once()).get());
    ADD_FAILURE() << "it did not throw";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "its own");
  }
}

TEST(within_of_a_task, is_cancelled_with_the_task_that_awaits_it) {
  std::atomic<int> cancelled{0};
  braid::task_group group;
  auto outer = group.async([&cancelled]() -> braid::task<> {
    auto inner = braid::within(1h, wait_and_note(24h, &cancelled));
    co_await inner;
  });
  group.cancel("with all");
  try {
    outer.get();
    ADD_FAILURE() << "it did not throw";
  } catch (const braid::cancelled& e) {
    EXPECT_STREQ(e.what(), "cancelled: with all");
  }
  group.join().get();
}

TEST(try_within_of_a_task, holds_the_value_the_timeout_and_the_exception) {
  std::atomic<int> cancelled{0};
  const auto value = braid::try_within(1h, after_a(1us, "in time")).get();
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, "in time");
  const auto late = braid::try_within(1ms, wait_and_note(24h, &cancelled)).get();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, braid::error_code::timed_out);
  const auto failed = braid::try_within(1h, fails_at_once()).get();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, braid::error_code::failed);
  EXPECT_EQ(failed.error().text, "its own");
}

}  // namespace
