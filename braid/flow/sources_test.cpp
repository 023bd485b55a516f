#include "braid/flow/sources.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "braid/flow/sinks.hpp"
#include "braid/flow/stages.hpp"
#include "braid/sync/by_hand_test.hpp"

namespace {

using namespace std::chrono_literals;
using times = std::vector<braid::time_point>;

braid::task<> note_ticks(braid::stream<braid::time_point> s, times* to) {
  co_await s.into(braid::collect_into(*to));
}

TEST(ticks, come_at_each_multiple_of_the_interval_since_the_start) {
  by_hand world;
  times got;
  auto ticks = braid::ticks(2s);
  world.clock.advance(7s);
  const braid::time_point start = world.clock.now();
  world.group.spawn(note_ticks, std::move(ticks), &got);
  for (int i = 0; i < 7; ++i) world.advance(1s);
  EXPECT_EQ(got, (times{start + 2s, start + 4s, start + 6s}));
}

TEST(ticks, that_nobody_asked_for_are_merged_and_the_phase_is_kept) {
  by_hand world;
  const braid::time_point start = world.clock.now();
  times got;
  auto held_up_once = braid::ticks(1s) | braid::inspect([&](braid::time_point t) {
                        if (t == start + 1s) world.clock.advance(2500ms);
                      });
  world.group.spawn(note_ticks, std::move(held_up_once), &got);
  world.advance(1s);
  EXPECT_EQ(got, (times{start + 1s, start + 2s}));
  world.advance(500ms);
  EXPECT_EQ(got, (times{start + 1s, start + 2s, start + 4s}));
}

TEST(ticks, run_on_a_thread_too) {
  const auto began = std::chrono::steady_clock::now();
  const times three = braid::ticks(1ms) | braid::first(3);
  ASSERT_EQ(three.size(), 3u);
  EXPECT_GE(three[0], began + 1ms);
  EXPECT_LT(three[0], three[1]);
  EXPECT_LT(three[1], three[2]);
}

}  // namespace
