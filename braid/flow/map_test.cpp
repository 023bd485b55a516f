#include "braid/flow/map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <vector>

#include "braid/base/random.hpp"
#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/flow/stages.hpp"
#include "braid/runtime/usable_cpus.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;
using std::views::iota;

/// Works, or looks at something, for about so long; never sleeps.
void spin(std::chrono::nanoseconds time) {
  for (const auto end = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < end;) {
  }
}
template<class Condition>
bool comes_true(Condition is) {
  for (const auto end = std::chrono::steady_clock::now() + 20s; !is(); std::this_thread::yield())
    if (std::chrono::steady_clock::now() > end) return false;
  return true;
}
int next(int x) {
  return x + 1;
}
struct broken : std::runtime_error {
  broken() : std::runtime_error("broken") {}
};

// --- F0: a stated number is real concurrency ---

TEST(map, so_many_threads_are_in_f_at_a_time) {
  for (const int width : {2, 3, 8, 100}) {
    std::barrier all_in(width);
    const auto meet = [&](int x) { return all_in.arrive_and_wait(), x; };
    EXPECT_EQ(braid::from(iota(0, 3 * width)) | braid::map(width, meet) | braid::count(), 3u * width);
  }
}

TEST(map, also_after_it_has_waited_for_input) {
  for (int round = 0; round < 20; ++round) {
    auto [tx, rx] = braid::channel<int>(4);
    std::thread late([out = std::move(tx)] {
      spin(200us);
      for (int i = 0; i < 4; ++i) static_cast<void>(out.send(i).get());
    });
    std::barrier both_in(2);
    const auto meet = [&](int x) { return both_in.arrive_and_wait(), x; };
    EXPECT_EQ(braid::from(std::move(rx)) | braid::map(2, meet) | braid::count(), 4u);
    late.join();
  }
}

TEST(map, stages_after_each_other_have_their_workers_each) {
  std::barrier three(3), four(4);
  const auto meet_three = [&](int x) { return three.arrive_and_wait(), x; };
  const auto meet_four = [&](int x) { return four.arrive_and_wait(), x; };
  EXPECT_EQ(braid::from(iota(0, 24)) | braid::map(3, meet_three) | braid::map(4, meet_four) | braid::count(), 24u);
}

TEST(map, items_of_a_tenth_of_a_millisecond_use_all_workers) {
  std::atomic<int> running = 0, most = 0;
  const auto work = [&](int x) {
    const int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    braid::after(100us).get();
    --running;
    return x;
  };
  auto numbers = braid::generate([&, n = 0]() mutable -> std::optional<int> {
    if (most == 6 || n == 100'000) return std::nullopt;
    return ++n;
  });
  static_cast<void>(std::move(numbers) | braid::map(6, work) | braid::count());
  EXPECT_EQ(most, 6);
}

TEST(map, items_of_some_microseconds_get_a_helper_where_there_is_a_cpu_for_it) {
  if (braid::usable_cpus() < 2) GTEST_SKIP() << "there is one CPU";
  const auto consumer = std::this_thread::get_id();
  std::atomic<bool> helped = false;
  const auto work = [&](int x) {
    spin(5us);
    if (std::this_thread::get_id() != consumer) helped = true;
    return x;
  };
  auto numbers = braid::generate([&, n = 0]() mutable -> std::optional<int> {
    if (helped || n == 100'000) return std::nullopt;
    return ++n;
  });
  static_cast<void>(std::move(numbers) | braid::map(4, work) | braid::count());
  EXPECT_TRUE(helped);
}

TEST(map, works_on_an_executor_of_one_worker_and_in_its_tasks) {
  braid::work_stealing_executor one(1);
  braid::task_group group(braid::context(braid::environment{.executor = &one}));
  auto sum = group.async([] {
    std::barrier both_in(2);
    return braid::from(iota(0, 10)) | braid::map(2, [&](int x) { return both_in.arrive_and_wait(), x; }) |
           braid::map(3, [](int x) -> braid::task<int> { co_return x; }) | braid::reduce(0, std::plus{});
  });
  EXPECT_EQ(sum.get(), 45);
  group.join().get();
}

// --- F4: started work goes on while the consumer is slow; F1: within the bound ---

TEST(map, works_ahead_while_the_consumer_is_busy) {
  for (const int room : {0, 2, 3}) {
    std::atomic<int> started = 0;
    const auto work = [&](int x) { return ++started, x; };
    bool ahead = true;
    int taken = 0;
    braid::from(iota(0, 40)) | braid::map(3, work, braid::slack(room)) | braid::for_each([&](int) {
      ++taken;
      ahead = ahead && comes_true([&] { return started >= std::min(40, taken + 3 + room); });
    });
    EXPECT_TRUE(ahead);
  }
}

TEST(map, a_consumer_that_goes_away_leaves_the_input_to_the_helpers) {  // white box: leave()
  auto [tx, rx] = braid::channel<int>(4);
  std::atomic<int> calls = 0;
  auto stage = (braid::from(rx) | braid::map(2, [&](int x) { return ++calls, x; })).take();
  const auto [ctx, cancel] = braid::with_cancel();
  stage->start(ctx);
  std::optional<int> item;
  braid::detail::waits until;
  EXPECT_EQ(stage->pull(item, until), braid::detail::pulled::wait);
  stage->leave();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(tx.try_send(i));
  EXPECT_TRUE(comes_true([&] { return calls == 3; }));
  cancel();
}

TEST(map, coroutines_work_ahead_while_the_consumer_is_busy) {
  std::atomic<int> started = 0;
  const auto work = [&](int x) -> braid::task<int> {
    ++started;
    co_return x;
  };
  bool ahead = true;
  int taken = 0;
  braid::from(iota(0, 40)) | braid::map(3, work, braid::slack(2)) | braid::for_each([&](int) {
    ++taken;
    ahead = ahead && comes_true([&] { return started >= std::min(40, taken + 3 + 2); });
  });
  EXPECT_TRUE(ahead);
}

TEST(map, never_has_more_in_flight_than_workers_and_slack) {
  for (const int room : {0, 1, 5}) {
    std::atomic<int> pulled = 0;
    int taken = 0, most = 0;
    auto numbers = braid::generate([&]() -> std::optional<int> {
      if (pulled == 300) return std::nullopt;
      return ++pulled;
    });
    const auto work = [](int x) { return spin(50us), x; };
    std::move(numbers) | braid::map(3, work, braid::slack(room), braid::ordered) | braid::for_each([&](int) {
      most = std::max(most, pulled - ++taken);
      if (taken % 50 == 0) spin(500us);
    });
    EXPECT_EQ(taken, 300);
    EXPECT_LE(most, 3 + room);
  }
}

// --- F2: exactly what was before the failure comes out ---

TEST(map, an_ordered_failure_comes_after_all_items_before_it_whatever_takes_how_long) {
  braid::random_engine random(11);
  for (int round = 0; round < 60; ++round) {
    const int bad = static_cast<int>(random.below(60));
    const bool in_input = random.below(3) == 0;
    const std::uint64_t seed = random();
    const auto work = [=](int x) {
      braid::random_engine own(seed + static_cast<std::uint64_t>(x));
      spin(std::chrono::microseconds(own.below(60)));
      if (x == bad && !in_input) throw broken();
      return x;
    };
    const auto numbers = [=](int x) {
      if (x == bad && in_input) throw broken();
      return x;
    };
    std::vector<int> got, prefix(static_cast<std::size_t>(bad));
    std::iota(prefix.begin(), prefix.end(), 0);
    EXPECT_THROW(braid::from(iota(0, 100)) | braid::map(numbers) | braid::map(4, work, braid::ordered) |
                     braid::map(3, next, braid::ordered) | braid::map([](int x) { return x - 1; }) |
                     braid::collect_into(got),
                 broken);
    EXPECT_EQ(got, prefix);
  }
}

TEST(map, nothing_is_started_after_a_failure) {
  std::atomic<int> calls = 0;
  std::atomic<bool> failed = false;
  const auto work = [&](int x) {
    ++calls;
    if (x == 1) {
      failed = true;
      throw broken();
    }
    EXPECT_TRUE(comes_true([&] { return failed.load(); }));
    spin(2ms);  // a chance for whoever would start more
    return x;
  };
  std::vector<int> got;
  EXPECT_THROW(braid::from(iota(0)) | braid::map(2, work, braid::ordered, braid::slack(50)) | braid::collect_into(got),
               broken);
  EXPECT_EQ(got, std::vector<int>{0});
  EXPECT_EQ(calls, 2);
}

// --- F3: leaving early cancels and joins ---

TEST(map, leaving_early_ends_functions_that_watch_their_context) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> running = 0;
    const auto watch = [&](const braid::context& ctx, int x) {
      ++running;
      EXPECT_TRUE(x == 0 || comes_true([&] { return ctx.is_cancelled(); }));
      --running;
      return x;
    };
    const auto first = braid::from(iota(0)) | braid::map(3, watch) | braid::map(2, next) | braid::first(1);
    EXPECT_EQ(first, std::vector<int>{1});
    EXPECT_EQ(running, 0);
  }
}

TEST(map, leaving_early_wakes_functions_that_wait) {
  auto [tx, rx] = braid::channel<int>(0);
  const auto wait = [&from = rx](int x) {
    if (x > 0) static_cast<void>(from.recv().get());
    return x;
  };
  EXPECT_EQ(braid::from(iota(0)) | braid::map(4, wait) | braid::first(1), std::vector<int>{0});
}

TEST(map, a_stream_may_be_dropped_at_any_moment) {
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> calls = 0;
    int after = 0;
    {
      auto numbers = braid::from(iota(0)) | braid::map(3, [&](int x) { return ++calls, spin(5us), x; }) |
                     braid::map(2, [](int x) { return spin(3us), x; }) |
                     braid::map(2, [](int x) -> braid::task<int> { co_return x; });
      int left = round % 40;
      for (int x : numbers) {
        static_cast<void>(x);
        if (--left <= 0) break;
      }
    }
    after = calls;
    spin(10us);
    EXPECT_EQ(calls, after);
  }
}

TEST(map, a_cancel_of_the_task_ends_a_stream_that_runs_under_another_context) {
  auto [tx, rx] = braid::channel<int>(0);
  braid::task_group group;
  std::atomic<bool> runs = false;
  group.spawn([&, from = rx] {
    runs = true;
    static_cast<void>(braid::from(from) | braid::map(2, next) | braid::count(braid::context()));
  });
  EXPECT_TRUE(comes_true([&] { return runs.load(); }));
  group.cancel();
  group.join().get();
}

// --- what goes through ---

TEST(map, moves_what_cannot_be_copied) {
  std::vector<std::unique_ptr<int>> numbers;
  for (int i = 0; i < 50; ++i) numbers.push_back(std::make_unique<int>(i));
  const auto work = [](std::unique_ptr<int> p) { return std::make_unique<int>(*p + 1); };
  const auto task = [](std::unique_ptr<int> p) -> braid::task<std::unique_ptr<int>> {
    *p += 1;
    co_return p;
  };
  const auto got = braid::from(std::move(numbers)) | braid::map(4, work, braid::ordered) |
                   braid::map(4, task, braid::ordered) | braid::collect();
  ASSERT_EQ(got.size(), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(*got[static_cast<std::size_t>(i)], i + 2);
}

TEST(map, takes_functions_without_a_result) {
  std::atomic<int> sum = 0;
  braid::from(iota(1, 11)) | braid::for_each(braid::workers(3), [&](int x) { sum += x; });
  braid::from(iota(1, 11)) | braid::for_each(braid::workers(3), [&](int x) -> braid::task<> {
    sum += x;
    co_return;
  });
  braid::from(iota(1, 11)) | braid::for_each([&](const braid::context&, int x) { sum += x; });
  EXPECT_EQ(sum, 165);
}

TEST(map, a_single_worker_may_change_itself) {
  int calls = 0;
  EXPECT_EQ(braid::from(iota(0, 5)) | braid::map([calls](int x) mutable { return x + ++calls; }) |
                braid::reduce(0, std::plus{}),
            25);
  EXPECT_EQ(calls, 0);
}

}  // namespace
