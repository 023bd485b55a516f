#include "braid/flow/throttle.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>
#include <ranges>
#include <vector>

#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/sync/by_hand_test.hpp"

namespace {

using namespace std::chrono_literals;
using std::views::iota;

/// When each item came, since the start.
struct arrivals {
  explicit arrivals(by_hand& world) : clock(world.clock), start(clock.now()) {}
  void operator()(int) { at.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - start)); }
  braid::clock& clock;
  const braid::time_point start;
  std::vector<std::chrono::milliseconds> at;
};
braid::task<> note_arrivals(braid::stream<int> s, arrivals* of) {
  const auto note = [of](int x) { (*of)(x); };
  co_await s.into(braid::for_each(note));
}

TEST(throttle, lets_items_pass_at_its_rate_after_a_burst) {
  by_hand world;
  arrivals came(world);
  world.group.spawn(note_arrivals, braid::from(iota(0, 6)) | braid::throttle({.tokens = 10, .per = 1s, .burst = 2}),
                    &came);
  for (int i = 0; i < 10; ++i) world.advance(50ms);
  EXPECT_EQ(came.at, (std::vector<std::chrono::milliseconds>{0ms, 0ms, 100ms, 200ms, 300ms, 400ms}));
}

TEST(throttle, takes_no_token_for_an_item_that_does_not_come) {
  by_hand world;
  arrivals came(world);
  auto [tx, rx] = braid::channel<int>(8);
  braid::rate_limiter limit(world.clock, {.tokens = 1, .per = 1s, .burst = 1});
  world.group.spawn(note_arrivals, braid::from(rx) | braid::throttle(limit), &came);
  world.advance(10s);
  EXPECT_TRUE(limit.try_acquire());
  EXPECT_TRUE(tx.try_send(1));
  EXPECT_TRUE(tx.try_send(2));
  world.advance(1s);
  world.advance(1s);
  EXPECT_EQ(came.at, (std::vector<std::chrono::milliseconds>{11000ms, 12000ms}));
}

TEST(throttle, a_rate_that_is_set_holds_for_the_item_that_waits) {
  by_hand world;
  arrivals came(world);
  braid::rate_limiter limit(world.clock, {.tokens = 1, .per = 1h, .burst = 1});
  world.group.spawn(note_arrivals, braid::from(iota(0, 3)) | braid::throttle(limit), &came);
  world.hand.run();
  limit.set_rate({.tokens = 1, .per = 1s, .burst = 1});
  world.advance(1s);
  world.advance(1s);
  EXPECT_EQ(came.at, (std::vector<std::chrono::milliseconds>{0ms, 1000ms, 2000ms}));
}

TEST(throttle, loses_nothing_between_workers_on_threads) {
  const auto began = std::chrono::steady_clock::now();
  const auto same = [](int x) { return x; };
  std::vector<int> all = braid::from(iota(0, 60)) | braid::map(3, same) |
                         braid::throttle({.tokens = 1, .per = 500us, .burst = 10}) | braid::map(3, same) |
                         braid::collect();
  EXPECT_EQ(std::accumulate(all.begin(), all.end(), 0), 59 * 60 / 2);
  EXPECT_EQ(all.size(), 60u);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 25ms);
}

TEST(throttle, a_stream_that_waits_for_a_token_is_cancelled) {
  by_hand world;
  arrivals came(world);
  auto endless = braid::from(iota(0)) | braid::throttle({.tokens = 1, .per = 1h, .burst = 3});
  world.group.spawn(note_arrivals, std::move(endless), &came);
  world.advance(1s);
  EXPECT_EQ(came.at.size(), 3u);
  world.end();
  world.group.join().get();
}

}  // namespace
