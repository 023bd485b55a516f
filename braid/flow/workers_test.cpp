#include "braid/flow/workers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <ranges>

#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/by_hand_test.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;
using std::views::iota;

/// How many coroutines of a stage with automatic workers are at work, while the time goes on by hand.
struct automatic_tasks {
  int inside = 0, most = 0;

  template<class Work>
  braid::task<> run(int items, Work work) {
    auto s = braid::from(iota(0, items)) | braid::map(braid::automatic, std::move(work));
    co_await s.into(braid::count());
  }
  void enter() noexcept { most = std::max(most, ++inside); }
};

TEST(automatic, begins_with_the_width_of_the_executor) {
  for (const std::size_t width : {1u, 3u}) {
    braid::work_stealing_executor wide(width);
    EXPECT_EQ(braid::workers(braid::automatic).in(braid::environment{.executor = &wide}), width);
  }
}

TEST(automatic, tasks_that_wait_become_more_until_there_are_64) {
  by_hand world;
  automatic_tasks tasks;
  const auto wait = [&tasks, clock = &world.clock](int x) -> braid::task<int> {
    static_cast<void>(clock);
    tasks.enter();
    co_await braid::after(10ms);
    --tasks.inside;
    co_return x;
  };
  world.group.spawn([](automatic_tasks* t, auto f) { return t->run(100'000, std::move(f)); }, &tasks, wait);
  world.hand.run();
  EXPECT_EQ(tasks.inside, 1);
  for (int ms = 0; ms < 1'500; ++ms) world.advance(1ms);
  EXPECT_EQ(tasks.most, 64);
  int least = 64;
  for (int ms = 0; ms < 1'000; ++ms) {
    world.advance(1ms);
    least = std::min(least, tasks.inside);
  }
  EXPECT_GE(least, 30);
}

TEST(automatic, tasks_that_compute_on_one_cpu_stay_few) {
  by_hand world;
  automatic_tasks tasks;
  const auto compute = [&tasks, clock = &world.clock](int x) -> braid::task<int> {
    tasks.enter();
    clock->advance(2ms);
    co_await braid::after(0ms);
    --tasks.inside;
    co_return x;
  };
  world.group.spawn([](automatic_tasks* t, auto f) { return t->run(2'000, std::move(f)); }, &tasks, compute);
  world.hand.run();
  EXPECT_GE(tasks.most, 1);
  EXPECT_LE(tasks.most, 4);
}

TEST(automatic, tasks_that_wait_for_input_stay_as_they_are) {
  by_hand world;
  automatic_tasks tasks;
  auto [tx, rx] = braid::channel<int>(8);
  const auto wait = [&tasks](int x) -> braid::task<int> {
    tasks.enter();
    co_await braid::after(4ms);
    --tasks.inside;
    co_return x;
  };
  world.group.spawn(
      [](braid::receiver<int> numbers, auto f) -> braid::task<> {
        auto s = braid::from(std::move(numbers)) | braid::map(braid::automatic, std::move(f));
        co_await s.into(braid::count());
      },
      std::move(rx), wait);
  for (int item = 0; item < 300; ++item) {
    EXPECT_TRUE(tx.try_send(item));
    for (int ms = 0; ms < 10; ++ms) world.advance(1ms);
  }
  for (int item = 0; item < 8; ++item) EXPECT_TRUE(tx.try_send(item));  // as many as it is wide run at a time now
  for (int ms = 0; ms < 40; ++ms) world.advance(1ms);
  EXPECT_EQ(tasks.most, 1);
}

TEST(automatic, threads_that_wait_become_more) {
  std::atomic<int> inside = 0, most = 0;
  const auto wait = [&](int x) {
    const int now = ++inside;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    braid::after(2ms).get();
    --inside;
    return x;
  };
  auto numbers = braid::generate([&, n = 0]() mutable -> std::optional<int> {
    if (most >= 16 || n == 5'000) return std::nullopt;
    return ++n;
  });
  static_cast<void>(std::move(numbers) | braid::map(braid::automatic, wait) | braid::count());
  EXPECT_GE(most, 16);
  EXPECT_LE(most, 64);
}

}  // namespace
