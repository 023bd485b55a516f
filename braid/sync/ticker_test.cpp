#include "braid/sync/ticker.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "braid/runtime/select.hpp"

using namespace std::chrono_literals;

TEST(after, counts_from_when_it_is_made) {
  braid::manual_clock clock;
  const braid::time_point made = clock.now();
  braid::after op(clock, 2s);
  clock.advance(1s);
  EXPECT_EQ(braid::try_select(op), braid::none);
  clock.advance(1s);
  EXPECT_EQ(op.get(), made + 2s);
}

TEST(after, gives_its_due_time_however_late_it_is_asked) {
  braid::manual_clock clock;
  braid::after op(clock, 1s);
  const braid::time_point due = clock.now() + 1s;
  clock.advance(1h);
  EXPECT_EQ(op.get(), due);
}

TEST(after, of_no_time_is_ready_at_once) {
  braid::manual_clock clock;
  EXPECT_EQ(braid::after(clock, 0s).get(), clock.now());
}

TEST(after, is_reported_once_and_then_skipped_by_select) {
  braid::manual_clock clock;
  braid::after op(clock, 1s);
  clock.advance(1s);
  EXPECT_EQ(braid::select(op).get(), 0u);
  EXPECT_EQ(braid::select(op).get(), braid::none);
}

TEST(after, reset_starts_it_again_from_now) {
  braid::manual_clock clock;
  braid::after op(clock, 1s);
  clock.advance(1s);
  EXPECT_EQ(braid::select(op).get(), 0u);
  op.reset(3s);
  const braid::time_point due = clock.now() + 3s;
  EXPECT_EQ(braid::try_select(op), braid::none);
  clock.advance(3s);
  EXPECT_EQ(braid::select(op).get(), 0u);
  EXPECT_EQ(op.result(), due);
}

TEST(after, a_thread_that_waits_is_woken_by_one_advance) {
  for (int i = 0; i < 2000; ++i) {
    braid::manual_clock clock;
    braid::after op(clock, 1s);
    std::thread t([&] { op.get(); });
    clock.advance(1s);
    t.join();
  }
}

TEST(after, one_that_loses_a_select_leaves_the_clock) {
  braid::manual_clock clock;
  braid::after early(clock, 1s);
  std::thread t;
  {
    braid::after late(clock, 2s);
    t = std::thread([&] { clock.advance(1s); });
    EXPECT_EQ(braid::select(early, late).get(), 0u);
  }
  t.join();
  clock.advance(5s);
}

TEST(after, on_the_real_clock_comes_no_sooner_than_due) {
  const braid::time_point before = std::chrono::steady_clock::now();
  braid::after(2ms).get();
  EXPECT_GE(std::chrono::steady_clock::now(), before + 2ms);
}

TEST(every, ticks_at_each_multiple_of_its_period) {
  braid::manual_clock clock;
  const braid::time_point made = clock.now();
  braid::every op(clock, 1s);
  for (int i = 1; i <= 5; ++i) {
    EXPECT_EQ(braid::try_select(op), braid::none);
    clock.advance(1s);
    EXPECT_EQ(op.get(), made + i * 1s);
  }
}

TEST(every, merges_missed_ticks_into_one_and_keeps_its_phase) {
  braid::manual_clock clock;
  const braid::time_point made = clock.now();
  braid::every op(clock, 1s);
  clock.advance(3s + 500ms);
  op.get();
  EXPECT_EQ(braid::try_select(op), braid::none);
  clock.advance(500ms);
  EXPECT_EQ(op.get(), made + 4s);
}

TEST(every, a_thread_that_waits_is_woken_on_time) {
  braid::manual_clock clock;
  const braid::time_point made = clock.now();
  braid::every op(clock, 1s);
  std::thread t([&] { clock.advance(1s); });
  EXPECT_EQ(op.get(), made + 1s);
  t.join();
  EXPECT_EQ(braid::try_select(op), braid::none);
}
