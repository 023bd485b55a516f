#include "braid/flow/lanes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <vector>

#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/flow/stages.hpp"
#include "braid/sync/by_hand_test.hpp"

namespace {

using namespace std::chrono_literals;
using std::views::iota;
using lane_items = std::vector<int>;

struct lane_boom : std::runtime_error {
  lane_boom() : std::runtime_error("boom") {}
};

/// Several channels: the senders together, each receiver by itself.
struct lanes {
  explicit lanes(std::size_t count, std::size_t capacity) {
    for (std::size_t i = 0; i < count; ++i) {
      braid::channel<int> c(capacity);
      tx.push_back(std::move(c.tx));
      rx.push_back(std::move(c.rx));
    }
  }
  /// What lies in each.
  std::vector<lane_items> close_and_take() {
    std::vector<lane_items> all;
    for (const auto& each : rx) all.push_back(each.close());
    return all;
  }
  std::vector<braid::sender<int>> tx;
  std::vector<braid::receiver<int>> rx;
};
template<class Sink>
braid::task<> send_numbers(Sink sink, std::size_t* sent) {
  auto s = braid::from(iota(0));
  auto sending = s.into(std::move(sink));
  const std::size_t count = co_await sending;
  *sent = count;
}

TEST(round_robin, gives_each_lane_its_turn) {
  lanes to(3, 8);
  EXPECT_EQ(braid::from(iota(0, 8)) | braid::to(to.tx, braid::round_robin), 8u);
  EXPECT_EQ(to.close_and_take(), (std::vector<lane_items>{{0, 3, 6}, {1, 4, 7}, {2, 5}}));
}

TEST(round_robin, an_item_that_a_closed_lane_refuses_goes_to_the_next) {
  lanes to(3, 8);
  EXPECT_TRUE(to.rx[1].close().empty());
  EXPECT_EQ(braid::from(iota(0, 7)) | braid::to(to.tx, braid::round_robin), 7u);
  EXPECT_EQ(to.close_and_take(), (std::vector<lane_items>{{0, 2, 4, 6}, {}, {1, 3, 5}}));
}

TEST(round_robin, an_item_that_waits_for_a_lane_that_closes_goes_to_the_next_and_the_last_one_ends_it) {
  by_hand world;
  lanes to(2, 1);
  std::size_t sent = 0;
  world.group.spawn(
      [](std::vector<braid::sender<int>> tx, std::size_t* count) {
        return send_numbers(braid::to(std::move(tx), braid::round_robin), count);
      },
      std::move(to.tx), &sent);
  world.hand.run();  // 0 and 1 lie in the lanes, 2 waits for the first
  EXPECT_EQ(to.rx[0].close(), lane_items{0});
  world.hand.run();  // 2 waits for the second
  EXPECT_EQ(to.rx[1].try_recv(), 1);
  world.hand.run();
  EXPECT_EQ(to.rx[1].close(), lane_items{2});
  world.hand.run();
  EXPECT_EQ(sent, 3u);
  world.group.join().get();
}

TEST(by_key, keeps_each_key_on_one_lane_in_order) {
  lanes to(4, 1000);
  const auto key = [](int x) { return x % 10; };
  EXPECT_EQ(braid::from(iota(0, 1000)) | braid::to(to.tx, braid::by_key(key)), 1000u);
  std::size_t all = 0;
  std::vector<int> lane_of(10, -1);
  for (int lane = 0; const lane_items& got : to.close_and_take()) {
    EXPECT_TRUE(std::ranges::is_sorted(got));
    all += got.size();
    for (int x : got) {
      int& known = lane_of[static_cast<std::size_t>(key(x))];
      if (known < 0) known = lane;
      EXPECT_EQ(known, lane);
    }
    ++lane;
  }
  EXPECT_EQ(all, 1000u);
}

TEST(by_key, ends_where_a_lane_is_closed_and_says_how_many_went) {
  lanes to(2, 8);
  const auto is_big = [](int x) { return static_cast<std::size_t>(x >= 5); };
  EXPECT_TRUE(to.rx[1].close().empty());
  EXPECT_EQ(braid::from(iota(0, 10)) | braid::to(to.tx, braid::by_key(is_big)), 5u);
  EXPECT_EQ(to.close_and_take(), (std::vector<lane_items>{{0, 1, 2, 3, 4}, {}}));
}

TEST(lanes, workers_behind_each_get_every_item_once) {
  lanes to(3, 2);
  std::vector<std::thread> workers;
  std::vector<lane_items> got(3);
  for (std::size_t i = 0; i < 3; ++i)
    workers.emplace_back([&into = got[i], rx = std::move(to.rx[i])] {
      for (int x : rx) into.push_back(x);
    });
  std::size_t sent = 0;
  const auto run = [](std::vector<braid::sender<int>> tx, std::size_t* count) -> braid::task<> {
    auto s = braid::from(iota(0, 900)) | braid::map(3, [](int x) { return x; });
    auto sending = s.into(braid::to(std::move(tx), braid::by_key([](int x) { return x % 7; })));
    const std::size_t all = co_await sending;
    *count = all;
  };
  run(std::move(to.tx), &sent).get();
  for (std::thread& each : workers) each.join();
  EXPECT_EQ(sent, 900u);
  lane_items all;
  for (const lane_items& each : got) all.insert(all.end(), each.begin(), each.end());
  std::ranges::sort(all);
  EXPECT_TRUE(std::ranges::equal(all, iota(0, 900)));
}

TEST(lanes, what_was_sent_before_a_failure_or_a_cancel_has_arrived) {
  lanes to(2, 100);
  const auto fails_at_7 = [](int x) { return x == 7 ? throw lane_boom() : x; };
  EXPECT_THROW(static_cast<void>(braid::from(iota(0)) | braid::map(fails_at_7) | braid::to(to.tx, braid::round_robin)),
               lane_boom);
  EXPECT_EQ(to.rx[0].size() + to.rx[1].size(), 7u);
  by_hand world;
  std::size_t sent = 0;
  world.group.spawn(
      [](std::vector<braid::sender<int>> tx, std::size_t* count) {
        return send_numbers(braid::to(std::move(tx), braid::round_robin), count);
      },
      to.tx, &sent);
  world.hand.run();  // the first lane, whose turn it is, is full
  world.end();
  EXPECT_EQ(sent, 0u);
  const std::vector<lane_items> arrived = to.close_and_take();
  EXPECT_EQ(arrived[0].size(), 100u);
  EXPECT_EQ(arrived[1].size(), 99u);
}

TEST(lanes, a_broadcast_shows_every_item_to_every_subscriber) {
  auto [tx, rx] = braid::broadcast<int>(2);
  std::vector<lane_items> got(2);
  std::vector<std::thread> watchers;
  for (int i = 0; i < 2; ++i)
    watchers.emplace_back([&into = got[static_cast<std::size_t>(i)], mine = tx.subscribe()] {
      for (int x : mine) into.push_back(x);
    });
  rx.drop();
  EXPECT_EQ(braid::from(iota(0, 100)) | braid::to(std::move(tx)), 100u);
  for (std::thread& each : watchers) each.join();
  for (const lane_items& each : got) EXPECT_TRUE(std::ranges::equal(each, iota(0, 100)));
}

TEST(lanes, a_broadcast_that_nobody_subscribes_to_ends_the_stream) {
  auto [tx, rx] = braid::broadcast<int>(2);
  rx.drop();
  EXPECT_EQ(braid::from(iota(0)) | braid::to(tx), 0u);
}

}  // namespace
