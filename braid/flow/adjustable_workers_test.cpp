#include "braid/flow/adjustable_workers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <numeric>
#include <optional>
#include <ranges>
#include <thread>
#include <vector>

#include "braid/base/random.hpp"
#include "braid/flow/map_reduce.hpp"
#include "braid/flow/sources.hpp"
#include "braid/sync/by_hand_test.hpp"

namespace {

using namespace std::chrono_literals;
using braid::adjustable_workers;
using std::views::iota;

template<class Condition>
bool becomes(Condition is) {
  for (const auto end = std::chrono::steady_clock::now() + 20s; !is(); std::this_thread::yield())
    if (std::chrono::steady_clock::now() > end) return false;
  return true;
}

/// Keeps plain functions and coroutines inside until it is opened.
class gate {
 public:
  int inside() {
    return look([&] { return inside_; });
  }
  int most_inside() {
    return look([&] { return most_; });
  }
  /// What was, does not count.
  void forget_most() {
    look([&] { return most_ = 0; });
  }
  void open() { channel_.tx.close(); }
  auto plain() {
    return [this](int x) {
      enter();
      static_cast<void>(channel_.rx.recv().get());
      look([&] { return --inside_; });
      return x;
    };
  }
  auto coroutine() {
    return [this](int x) -> braid::task<int> {
      enter();
      co_await channel_.rx.recv();
      look([&] { return --inside_; });
      co_return x;
    };
  }

 private:
  void enter() {
    look([&] { return most_ = std::max(most_, ++inside_); });
  }
  template<class F>
  int look(F f) {
    const std::lock_guard guard(mutex_);
    return f();
  }
  braid::channel<int> channel_{0};
  std::mutex mutex_;  ///< Covers what follows.
  int inside_ = 0, most_ = 0;
};

std::vector<int> up_to(int n) {
  std::vector<int> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return all;
}
void work(int x) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(x % 64 == 0 ? 200 : x % 4);
  while (std::chrono::steady_clock::now() < end) {
  }
}

/// Sets n at random from another thread while it lives.
class meddler {
 public:
  meddler(const adjustable_workers& n, int most) : thread_([this, n, most] { meddle(n, most); }) {}
  ~meddler() {
    ends_ = true;
    thread_.join();
  }

 private:
  void meddle(const adjustable_workers& n, int most) {
    braid::random_engine random(5);
    while (!ends_) {
      n.set(1 + static_cast<int>(random.below(static_cast<std::uint32_t>(most))));
      for (auto turns = random.below(64); turns > 0; --turns) std::this_thread::yield();
    }
  }
  std::atomic<bool> ends_ = false;
  std::thread thread_;
};

// --- every item once ---

TEST(adjustable_workers, give_every_item_once_while_they_are_changed_all_the_time) {
  const adjustable_workers n(4);
  const meddler changes(n, 16);
  const auto plain = [](int x) { return work(x), x; };
  const auto coroutine = [](int x) -> braid::task<int> { co_return (work(x), x); };
  const auto expected = up_to(4'000);
  const auto numbers = iota(0, 4'000);
  const auto sorted = [](std::vector<int> got) { return std::ranges::sort(got), got; };
  EXPECT_EQ(sorted(braid::from(numbers) | braid::map(n, plain) | braid::collect()), expected);
  EXPECT_EQ(braid::from(numbers) | braid::map(n, plain, braid::ordered) | braid::collect(), expected);
  EXPECT_EQ(sorted(braid::from(numbers) | braid::map(n, coroutine) | braid::collect()), expected);
  EXPECT_EQ(braid::from(numbers) | braid::map(n, coroutine, braid::ordered) | braid::collect(), expected);
  EXPECT_EQ(braid::from(numbers) | braid::map(n, plain, braid::ordered, braid::slack(0)) |
                braid::map(n, coroutine, braid::ordered, braid::slack(3)) | braid::collect(),
            expected);
  EXPECT_EQ(braid::from(numbers) | braid::reduce(braid::workers(n), 0, std::plus{}),
            std::accumulate(expected.begin(), expected.end(), 0));
}

TEST(adjustable_workers, may_be_changed_while_streams_begin_and_end) {
  const adjustable_workers n(2);
  const meddler changes(n, 8);
  for (int round = 0; round < 200; ++round) {
    auto numbers = braid::from(iota(0)) | braid::map(n, [](int x) { return work(x % 3), x; }) |
                   braid::map(n, [](int x) -> braid::task<int> { co_return x; });
    int left = round % 30;
    for (int x : numbers) {
      static_cast<void>(x);
      if (--left <= 0) break;
    }
  }
}

TEST(adjustable_workers, may_be_changed_by_the_functions_that_they_run) {
  const adjustable_workers n(3);
  const auto sum = braid::from(iota(1, 1001)) | braid::map(n, [&](int x) { return n.set(1 + x % 9), x; }) |
                   braid::map(n, [&](int x) -> braid::task<int> { co_return (n.set(1 + x % 7), x); }) |
                   braid::reduce(0, std::plus{});
  EXPECT_EQ(sum, 500'500);
}

// --- more of them ---

template<class F>
void expect_to_grow(gate& door, F f, bool is_ordered) {
  const adjustable_workers n(2);
  bool had_two = false, has_seven = false;
  std::thread watcher([&] {
    had_two = becomes([&] { return door.inside() == 2; }) && door.most_inside() == 2;
    n.set(7);
    has_seven = becomes([&] { return door.inside() == 7; });
    door.open();
  });
  auto numbers = braid::from(iota(0, 100));
  const auto count = is_ordered ? std::move(numbers) | braid::map(n, f, braid::ordered) | braid::count()
                                : std::move(numbers) | braid::map(n, f) | braid::count();
  watcher.join();
  EXPECT_TRUE(had_two);
  EXPECT_TRUE(has_seven);
  EXPECT_EQ(door.most_inside(), 7);
  EXPECT_EQ(count, 100u);
}

TEST(adjustable_workers, that_become_more_start_items_while_all_are_blocked_in_theirs) {
  for (const bool is_ordered : {false, true}) {
    gate for_threads, for_tasks;
    expect_to_grow(for_threads, for_threads.plain(), is_ordered);
    expect_to_grow(for_tasks, for_tasks.coroutine(), is_ordered);
  }
}

TEST(adjustable_workers, that_become_more_start_items_while_the_consumer_waits_for_room) {
  for (const bool by_task : {false, true}) {
    gate door;
    const adjustable_workers n(1);
    std::thread watcher([&] {
      EXPECT_TRUE(becomes([&] { return door.inside() == 1; }));
      n.set(4);
      EXPECT_TRUE(becomes([&] { return door.inside() == 4; }));
      n.set(1);
      n.set(6);
      EXPECT_TRUE(becomes([&] { return door.inside() == 6; }));
      door.open();
    });
    auto numbers = braid::from(iota(0, 20));
    EXPECT_EQ(by_task ? std::move(numbers) | braid::map(n, door.coroutine(), braid::slack(0)) | braid::count()
                      : std::move(numbers) | braid::map(n, door.plain(), braid::slack(0)) | braid::count(),
              20u);
    watcher.join();
  }
}

TEST(adjustable_workers, that_become_more_work_ahead_of_a_consumer_that_is_busy) {
  const adjustable_workers n(1);
  std::atomic<int> started = 0;
  bool ahead = true;
  braid::from(iota(0, 100)) | braid::map(n, [&](int x) { return ++started, x; }) | braid::for_each([&](int x) {
    if (x != 10) return;
    n.set(8);
    ahead = becomes([&] { return started >= 11 + 16; });
  });
  EXPECT_TRUE(ahead);
}

// --- fewer of them ---

template<class F>
void expect_to_shrink(gate& door, F f) {
  const adjustable_workers n(6);
  std::thread watcher([&] {
    EXPECT_TRUE(becomes([&] { return door.inside() == 6; }));
    n.set(2);
    door.forget_most();
    door.open();
  });
  EXPECT_EQ(braid::from(iota(0, 300)) | braid::map(n, f) | braid::count(), 300u);
  watcher.join();
  EXPECT_LE(door.most_inside(), 2);
}

TEST(adjustable_workers, that_become_fewer_end_what_runs_and_start_less) {
  gate for_threads, for_tasks;
  expect_to_shrink(for_threads, for_threads.plain());
  expect_to_shrink(for_tasks, for_tasks.coroutine());
}

TEST(adjustable_workers, that_become_fewer_pull_nothing_until_less_is_in_flight) {
  for (const bool by_task : {false, true}) {
    const adjustable_workers n(4);
    std::atomic<int> pulled = 0;
    auto numbers = braid::generate([&]() -> std::optional<int> {
      if (pulled == 50) return std::nullopt;
      return ++pulled;
    });
    int taken = 0;
    const auto take = [&](int) {
      if (++taken == 1) {
        EXPECT_TRUE(becomes([&] { return pulled == 1 + 4 + 2; }));
        n.set(1);  // of 6 that are in flight, 3 may be
      }
      if (taken <= 4) {
        EXPECT_EQ(pulled, 7);
      } else {
        EXPECT_LE(pulled, taken + 3);
      }
    };
    if (by_task) {
      std::move(numbers) |
          braid::map(
              n, [](int x) -> braid::task<int> { co_return x; }, braid::slack(2)) |
          braid::for_each(take);
    } else {
      std::move(numbers) |
          braid::map(
              n, [](int x) { return x; }, braid::slack(2)) |
          braid::for_each(take);
    }
    EXPECT_EQ(taken, 50);
  }
}

// --- step by step ---

TEST(adjustable_workers, are_as_many_tasks_as_they_say_at_each_moment) {
  by_hand world;
  gate door;
  const adjustable_workers n(3);
  world.group.spawn(
      [](gate* at, const adjustable_workers* of) -> braid::task<> {
        auto s = braid::from(iota(0, 50)) | braid::map(*of, at->coroutine());
        co_await s.into(braid::count());
      },
      &door, &n);
  for (const int workers : {3, 4, 9, 9, 20}) {
    n.set(workers);
    world.hand.run();
    EXPECT_EQ(door.inside(), workers);
  }
  n.set(2);
  world.hand.run();
  EXPECT_EQ(door.inside(), 20);
  door.open();
  world.hand.run();
  EXPECT_EQ(door.inside(), 0);
}

TEST(adjustable_workers, are_one_number_in_all_copies) {
  const adjustable_workers n(4);
  const adjustable_workers same = n;
  same.set(adjustable_workers::most);
  EXPECT_EQ(n.count(), 256);
}

}  // namespace
