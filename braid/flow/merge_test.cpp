#include "braid/flow/merge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <compare>
#include <mutex>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "braid/flow/concat.hpp"
#include "braid/flow/merge_sorted.hpp"
#include "braid/flow/race.hpp"
#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/flow/stages.hpp"
#include "braid/sync/by_hand_test.hpp"
#include "braid/sync/ticker.hpp"
#include "braid/sync/within.hpp"

namespace {

using std::chrono::hours;
using std::views::iota;
using ints = std::vector<int>;

struct merge_boom : std::runtime_error {
  merge_boom() : std::runtime_error("boom") {}
};

template<class T>
braid::task<std::vector<T>> collect_in_task(braid::stream<T> s) {
  auto all = co_await s.into(braid::collect());
  co_return all;
}
braid::task<> first_into(braid::stream<int> s, std::size_t most, ints* to) {
  auto some = co_await s.into(braid::first(most));
  *to = std::move(some);
}

/// Gives `items`, then fails.
braid::stream<int> failing_after(ints items) {
  return braid::generate([items = std::move(items), next = std::size_t{0}]() mutable -> std::optional<int> {
    if (next == items.size()) throw merge_boom();
    return items[next++];
  });
}
/// Of a channel that holds `items` and is closed, or stays open as long as `keep` has its sender.
braid::stream<int> of_channel(const ints& items, braid::sender<int>* keep = nullptr) {
  auto [tx, rx] = braid::channel<int>(braid::unbounded);
  for (int i : items) EXPECT_TRUE(tx.try_send(i));
  if (keep) *keep = tx;
  return braid::from(std::move(rx));
}
/// Streams whose items never come, in tasks that say when they are cancelled; and one that comes when those have begun.
struct sleepers {
  braid::stream<int> never() {
    return braid::from(iota(0)) | braid::map(2, [this](int x) -> braid::task<int> {
             EXPECT_TRUE(begun.tx.try_send(++count));
             try {
               auto long_time = braid::after(hours(1000));
               co_await long_time;
             } catch (const braid::cancelled& c) {
               const std::lock_guard guard(mutex);
               cancelled.emplace_back(c.what());
             }
             co_return x;
           });
  }
  /// Gives -1 when so many tasks wait.
  braid::stream<int> when(int tasks) {
    return braid::from(begun.rx) | braid::filter([tasks](int n) { return n == tasks; }) |
           braid::map([](int) { return -1; });
  }
  braid::channel<int> begun{braid::unbounded};
  std::atomic<int> count = 0;
  std::mutex mutex;  // covers `cancelled`
  std::vector<std::string> cancelled;
};
/// A thread sends `count` numbers from `first` on, then closes.
struct number_sender {
  number_sender(int first, int count, int step) : to(braid::channel<int>(2)) {
    thread = std::thread([tx = std::move(to.tx), first, count, step] {
      for (int i = 0; i < count; ++i)
        if (!tx.send(first + i * step).get()) return;
    });
  }
  ~number_sender() {
    to.rx.drop();
    thread.join();
  }
  braid::channel<int> to;
  std::thread thread;
};
bool is_merge_of(const ints& got, int streams, int each) {
  std::vector<int> next(static_cast<std::size_t>(streams), 0);
  for (int x : got)
    if (next[static_cast<std::size_t>(x % streams)]++ != x / streams) return false;
  return std::ranges::all_of(next, [each](int n) { return n == each; });
}

TEST(merge, gives_every_item_of_each_stream_in_its_order) {
  number_sender a(0, 500, 3), b(1, 500, 3);
  const ints got = braid::merge(braid::from(a.to.rx), braid::from(b.to.rx),
                                braid::from(iota(0, 500)) | braid::map([](int x) { return 3 * x + 2; })) |
                   braid::collect();
  EXPECT_TRUE(is_merge_of(got, 3, 500));
}

TEST(merge, runs_in_a_coroutine) {
  number_sender a(0, 500, 2), b(1, 500, 2);
  std::vector<braid::stream<int>> both;
  both.push_back(braid::from(a.to.rx));
  both.push_back(braid::from(b.to.rx) | braid::map(
                                            4, [](int x) { return x; }, braid::ordered));
  EXPECT_TRUE(is_merge_of(collect_in_task(braid::merge(std::move(both))).get(), 2, 500));
}

TEST(merge, gives_streams_that_are_always_ready_their_turns) {
  EXPECT_EQ(braid::merge(braid::from(iota(0)), braid::from(iota(100)), braid::from(iota(200, 202))) | braid::first(9),
            (ints{0, 100, 200, 1, 101, 201, 2, 102, 3}));
}

TEST(merge, one_that_is_always_ready_starves_no_channel) {
  auto [tx, rx] = braid::channel<int>(1);
  int asked = 0;
  for (int x : braid::merge(braid::from(iota(0)), braid::from(rx))) {
    if (x == -1) break;
    if (x == 1000) {
      EXPECT_TRUE(tx.try_send(-1));
    }
    ++asked;
  }
  EXPECT_EQ(asked, 1001);
}

TEST(merge, of_none_ends_at_once) {
  EXPECT_EQ(braid::merge(std::vector<braid::stream<int>>()) | braid::count(), 0u);
  EXPECT_EQ(braid::merge_sorted(std::vector<braid::stream<int>>()) | braid::count(), 0u);
  EXPECT_EQ(braid::concat(std::vector<braid::stream<int>>()) | braid::count(), 0u);
  EXPECT_EQ(braid::race(std::vector<braid::stream<int>>()) | braid::count(), 0u);
}

TEST(merge, a_failure_comes_after_what_was_ready_before_it) {
  ints got;
  braid::sender<int> tx = braid::channel<int>(0).tx;
  auto fails = of_channel({1, 2, 3}, &tx);
  tx.close(std::make_exception_ptr(merge_boom()));
  EXPECT_THROW(braid::merge(std::move(fails), braid::from(iota(100))) | braid::collect_into(got), merge_boom);
  EXPECT_EQ(got, (ints{1, 100, 2, 101, 3, 102}));
}

TEST(merge, a_failure_cancels_and_joins_the_other_streams) {
  sleepers asleep;
  auto fails = asleep.when(4) | braid::map([](int) -> int { throw merge_boom(); });
  EXPECT_THROW(collect_in_task(braid::merge(asleep.never(), std::move(fails), asleep.never())).get(), merge_boom);
  EXPECT_EQ(asleep.cancelled.size(), 4u);
}

TEST(merge, leaving_early_cancels_and_joins_every_stream) {
  sleepers asleep;
  std::atomic<int> running = 0;
  const auto work = [&](int x) {
    ++running;
    --running;
    return x;
  };
  int given = 0;
  auto busy = braid::from(iota(0)) | braid::map(4, work);
  for (int x : braid::merge(asleep.never(), std::move(busy), asleep.when(4), asleep.never()))
    if (++given; x == -1) break;
  EXPECT_EQ(running, 0);
  EXPECT_GE(given, 1);
  EXPECT_EQ(asleep.cancelled.size(), 4u);
}

TEST(merge, what_a_waiting_merge_has_received_is_given_first_and_nothing_else_is_taken) {
  by_hand world;
  auto [tx1, rx1] = braid::channel<int>(4);
  auto [tx2, rx2] = braid::channel<int>(4);
  ints got;
  world.group.spawn(first_into, braid::merge(braid::from(rx1), braid::from(rx2)), 1, &got);
  world.hand.run();
  EXPECT_TRUE(tx2.try_send(2));  // completes the wait
  EXPECT_TRUE(tx1.try_send(1));
  world.hand.run();
  EXPECT_EQ(got, ints{2});
  EXPECT_EQ(rx1.size(), 1u);
  EXPECT_EQ(rx2.size(), 0u);
  world.group.join().get();
}

TEST(merge, the_workers_of_a_stream_go_on_while_an_item_of_another_is_looked_at) {
  auto [tx, rx] = braid::channel<int>(4);
  const braid::channel<int> done(4);
  const auto f = [&done](int x) { return done.tx.try_send(x) ? x : -1; };
  auto one_by_one = braid::from(iota(0, 2));
  bool worked = false;
  for (int x : braid::merge(braid::from(rx) | braid::map(2, f), std::move(one_by_one))) {
    if (x != 0) break;
    EXPECT_TRUE(tx.try_send(7));
    EXPECT_EQ(braid::within(std::chrono::seconds(20), done.rx.recv()).get(), 7);
    worked = true;
  }
  EXPECT_TRUE(worked);
}

TEST(merge, a_merge_of_merges_gives_everything_to_the_workers_behind_it) {
  number_sender a(0, 300, 4), b(1, 300, 4), c(2, 300, 4), d(3, 300, 4);
  const auto none = [](int x) { return x; };
  auto left = braid::merge(braid::from(a.to.rx), braid::from(b.to.rx) | braid::map(3, none));
  auto right = braid::merge(braid::from(c.to.rx) | braid::map(3, none), braid::from(d.to.rx));
  ints got = braid::merge(std::move(left), std::move(right)) | braid::map(4, none) | braid::collect();
  std::ranges::sort(got);
  EXPECT_TRUE(std::ranges::equal(got, iota(0, 1200)));
}

TEST(merge_sorted, is_a_stable_merge) {
  struct entry {
    int key, stream, place;
    auto operator<=>(const entry&) const = default;
  };
  braid::random_engine random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::vector<entry>> parts(1 + random.below(6));
    std::vector<entry> all;
    for (int i = 0; std::vector<entry> & part : parts) {
      for (int n = static_cast<int>(random.below(20)), key = 0; n > 0; --n)
        part.push_back({key += static_cast<int>(random.below(3)), i, -n});
      all.insert(all.end(), part.begin(), part.end());
      ++i;
    }
    std::ranges::sort(all);
    std::vector<braid::stream<entry>> streams;
    for (const std::vector<entry>& part : parts) streams.push_back(braid::from(part));
    const auto by_key = [](const entry& a, const entry& b) { return a.key < b.key; };
    EXPECT_EQ(braid::merge_sorted(std::move(streams), by_key) | braid::collect(), all);
  }
}

TEST(merge_sorted, waits_for_channels_and_runs_in_a_coroutine) {
  number_sender a(0, 300, 2), b(1, 300, 2);
  const ints got = collect_in_task(braid::merge_sorted(braid::from(a.to.rx), braid::from(b.to.rx))).get();
  EXPECT_TRUE(std::ranges::equal(got, iota(0, 600)));
}

TEST(merge_sorted, takes_an_order_behind_the_streams) {
  EXPECT_EQ(
      braid::merge_sorted(braid::from(ints{5, 3, 1}), braid::from(ints{4, 3}), std::greater<>{}) | braid::collect(),
      (ints{5, 4, 3, 3, 1}));
}

TEST(merge_sorted, a_failure_comes_in_the_place_of_the_item_that_did_not) {
  ints got;
  EXPECT_THROW(braid::merge_sorted(braid::from(ints{1, 2, 3, 5, 9}), failing_after({2, 4})) | braid::collect_into(got),
               merge_boom);
  EXPECT_EQ(got, (ints{1, 2, 2, 3, 4}));
}

TEST(merge_sorted, asks_each_stream_for_one_item_ahead_and_leaves_early) {
  int asked = 0;
  auto counted = braid::generate([&]() -> std::optional<int> { return 10 * ++asked; });
  EXPECT_EQ(braid::merge_sorted(std::move(counted), braid::from(iota(1))) | braid::first(12),
            (ints{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11}));
  EXPECT_EQ(asked, 2);
}

TEST(concat, gives_one_stream_after_the_other) {
  number_sender a(0, 5, 1);
  EXPECT_EQ(braid::concat(braid::from(a.to.rx), braid::from(ints{}), braid::from(iota(5, 8))) | braid::collect(),
            (ints{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(collect_in_task(braid::concat(braid::from(iota(0, 2)), of_channel({7, 8}))).get(), (ints{0, 1, 7, 8}));
}

TEST(concat, pulls_nothing_of_a_stream_before_its_turn) {
  std::atomic<int> asked = 0;
  auto later =
      braid::generate([&]() -> std::optional<int> { return ++asked; }) | braid::map(4, [](int x) { return x; });
  for (int x : braid::concat(braid::from(iota(10, 20)), std::move(later))) {
    if (x < 10) break;
    EXPECT_EQ(asked, 0);
  }
  EXPECT_GE(asked, 1);
}

TEST(concat, a_failure_ends_it_and_the_streams_behind_are_never_started) {
  int asked = 0;
  ints got;
  auto later = braid::generate([&]() -> std::optional<int> { return ++asked; });
  EXPECT_THROW(braid::concat(failing_after({1, 2}), std::move(later)) | braid::collect_into(got), merge_boom);
  EXPECT_EQ(got, (ints{1, 2}));
  EXPECT_EQ(asked, 0);
}

TEST(race, the_first_to_give_an_item_wins_and_the_others_are_cancelled_at_once) {
  sleepers asleep;
  ints got;
  for (int x : braid::race(asleep.never(), asleep.when(2))) {
    got.push_back(x);
    asleep.begun.tx.close();
  }
  EXPECT_EQ(got, ints{-1});
  ASSERT_EQ(asleep.cancelled.size(), 2u);
  EXPECT_NE(asleep.cancelled[0].find("lost a race"), std::string::npos) << asleep.cancelled[0];
}

TEST(race, runs_in_a_coroutine_and_a_stream_that_ends_without_an_item_is_out) {
  sleepers asleep;
  auto winner = asleep.when(2) | braid::inspect([&](int) { asleep.begun.tx.close(); });
  EXPECT_EQ(collect_in_task(braid::race(braid::from(ints{}), asleep.never(), std::move(winner))).get(), ints{-1});
  EXPECT_EQ(asleep.cancelled.size(), 2u);
}

TEST(race, throws_the_first_failure_if_no_stream_gives_an_item) {
  EXPECT_THROW(
      static_cast<void>(braid::race(braid::from(ints{}), failing_after({}), braid::from(ints{})) | braid::count()),
      merge_boom);
  EXPECT_EQ(braid::race(braid::from(ints{}), braid::from(ints{})) | braid::count(), 0u);
}

TEST(race, a_failure_before_the_first_item_is_out_and_one_of_the_winner_is_thrown) {
  EXPECT_EQ(braid::race(failing_after({}), braid::from(iota(1, 4))) | braid::collect(), (ints{1, 2, 3}));
  ints got;
  braid::sender<int> tx = braid::channel<int>(0).tx;
  auto fails = of_channel({8, 9}, &tx);
  tx.close(std::make_exception_ptr(merge_boom()));
  EXPECT_THROW(braid::race(std::move(fails), braid::from(iota(1, 4))) | braid::collect_into(got), merge_boom);
  EXPECT_EQ(got, (ints{8, 9}));
}

TEST(race, the_end_of_the_context_is_thrown_and_no_failure_of_a_stream) {
  sleepers asleep;
  const braid::cancellable own = braid::with_cancel();
  auto cancels = asleep.when(2) | braid::filter([&own](int) { return own.cancel("enough"), false; });
  EXPECT_THROW(
      static_cast<void>(braid::race(failing_after({}), asleep.never(), std::move(cancels)) | braid::count(own.ctx)),
      braid::cancelled);
}

TEST(race, a_failure_that_is_seen_after_the_end_of_the_context_is_not_thrown) {
  by_hand world;
  braid::channel<int> fails(1), waits(1);
  ints got;
  world.group.spawn(first_into, braid::race(braid::from(fails.rx), braid::from(waits.rx)), 1, &got);
  world.hand.run();
  fails.tx.close(std::make_exception_ptr(merge_boom()));  // completes the wait
  world.group.cancel("enough");
  world.hand.run();
  EXPECT_NO_THROW(world.group.join().get());  // a cancelled task has not failed
}

TEST(race, a_failure_that_is_thrown_after_the_end_of_the_context_is_that_end) {
  by_hand world;
  braid::channel<int> fails(1), ends(1);
  ints got;
  world.group.spawn(first_into, braid::race(braid::from(fails.rx), braid::from(ends.rx)), 1, &got);
  fails.tx.close(std::make_exception_ptr(merge_boom()));
  world.hand.run();
  ends.tx.close();  // completes the wait; no stream is left
  world.group.cancel("enough");
  world.hand.run();
  EXPECT_NO_THROW(world.group.join().get());
}

TEST(race, takes_nothing_of_a_channel_that_loses) {
  by_hand world;
  auto [tx1, rx1] = braid::channel<int>(4);
  auto [tx2, rx2] = braid::channel<int>(4);
  ints got;
  world.group.spawn(first_into, braid::race(braid::from(rx1), braid::from(rx2)), 2, &got);
  world.hand.run();
  EXPECT_TRUE(tx2.try_send(2));  // completes the wait
  EXPECT_TRUE(tx1.try_send(1));
  EXPECT_TRUE(tx2.try_send(3));
  world.hand.run();
  EXPECT_EQ(got, (ints{2, 3}));
  EXPECT_EQ(rx1.size(), 1u);
  world.group.join().get();
}

}  // namespace
