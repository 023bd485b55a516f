#include "braid/flow/stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/flow/stages.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using std::views::iota;

std::vector<int> squares(int last) {
  std::vector<int> all;
  for (int i = 1; i <= last; ++i) all.push_back(i * i);
  return all;
}
int square(int x) {
  return x * x;
}
template<class T>
std::vector<T> sorted(std::vector<T> all) {
  std::sort(all.begin(), all.end());
  return all;
}

TEST(stream, for_over_a_map_gives_every_result) {
  std::vector<int> got;
  for (int sq : braid::from(iota(1, 101)) | braid::map(3, square)) got.push_back(sq);
  EXPECT_EQ(sorted(got), squares(100));
}

TEST(stream, an_ordered_map_keeps_the_order) {
  EXPECT_EQ(braid::from(iota(1, 1001)) | braid::map(8, square, braid::ordered) | braid::collect(), squares(1000));
}

TEST(stream, coroutines_run_so_many_at_a_time) {
  std::atomic<int> running = 0, most = 0;
  const auto f = [&](int x) -> braid::task<int> {
    const int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    co_await braid::after(std::chrono::milliseconds(1));
    --running;
    co_return x* x;
  };
  EXPECT_EQ(braid::from(iota(1, 41)) | braid::map(8, f, braid::ordered) | braid::collect(), squares(40));
  EXPECT_EQ(most, 8);
}

struct boom : std::runtime_error {
  boom() : std::runtime_error("boom") {}
};

TEST(stream, an_ordered_failure_comes_after_exactly_the_items_before_it) {
  for (int round = 0; round < 50; ++round) {
    std::vector<int> got;
    EXPECT_THROW(braid::from(iota(0, 100)) |
                     braid::map(
                         8,
                         [](int x) {
                           if (x == 37) throw boom();
                           return x;
                         },
                         braid::ordered) |
                     braid::collect_into(got),
                 boom);
    std::vector<int> prefix(37);
    std::iota(prefix.begin(), prefix.end(), 0);
    EXPECT_EQ(got, prefix);
  }
}

TEST(stream, leaving_early_stops_what_is_behind) {
  std::atomic<int> calls = 0;
  for (int x : braid::from(iota(0)) | braid::map(4, [&](int i) { return ++calls, i; })) {
    if (x == 10) break;
  }
  EXPECT_LE(calls, 11 + 8 + 8);
}

TEST(stream, reads_a_channel_until_it_ends) {
  auto [tx, rx] = braid::channel<int>(4);
  braid::task_group group;
  group.spawn(
      [](braid::sender<int> out) {
        for (int i = 1; i <= 100; ++i) static_cast<void>(out.send(i).get());
      },
      std::move(tx));
  const int sum = braid::from(std::move(rx)) | braid::map(4, [](int x) { return x; }) | braid::reduce(0, std::plus{});
  EXPECT_EQ(sum, 5050);
  group.join().get();
}

TEST(stream, runs_in_a_coroutine) {
  const auto work = []() -> braid::task<std::vector<int>> {
    auto s = braid::from(iota(1, 101)) | braid::map(8, square, braid::ordered);
    co_return co_await s.into(braid::collect());
  };
  EXPECT_EQ(work().get(), squares(100));
}

TEST(stream, a_coroutine_may_leave_early_and_stop) {
  const auto work = []() -> braid::task<int> {
    auto s = braid::from(iota(0)) | braid::map(4, square);
    const auto three = co_await s.into(braid::first(3));
    co_return static_cast<int>(three.size());
  };
  EXPECT_EQ(work().get(), 3);
}

TEST(stream, a_failure_in_a_coroutine_comes_out_of_into) {
  const auto work = []() -> braid::task<> {
    auto s = braid::from(iota(0, 100)) | braid::map(8, [](int x) -> braid::task<int> {
               if (x == 20) throw boom();
               co_return x;
             });
    static_cast<void>(co_await s.into(braid::count()));
  };
  EXPECT_THROW(work().get(), boom);
}

TEST(stream, a_dropped_stream_has_run_nothing) {
  int pulled = 0;
  {
    auto s = braid::generate([&]() -> std::optional<int> { return ++pulled; }) | braid::map(8, square);
    static_cast<void>(s);
  }
  EXPECT_EQ(pulled, 0);
}

TEST(stream, is_one_run) {
  auto s = braid::from(iota(0, 3));
  static_cast<void>(s | braid::count());
  EXPECT_DEATH(static_cast<void>(s | braid::count()), "a stream is one run");
}

TEST(stream, from_borrows_what_is_named_and_owns_what_is_given) {
  std::vector<std::unique_ptr<int>> owned;
  for (int i = 0; i < 5; ++i) owned.push_back(std::make_unique<int>(i));
  const std::vector<int> named{1, 2, 3};
  EXPECT_EQ(braid::from(named) | braid::reduce(0, std::plus{}), 6);
  EXPECT_EQ(named.size(), 3u);
  const auto sum = braid::from(std::move(owned)) | braid::map([](std::unique_ptr<int> p) { return *p; }) |
                   braid::reduce(0, std::plus{});
  EXPECT_EQ(sum, 10);
}

TEST(stream, parallel_stages_follow_each_other) {
  for (int round = 0; round < 20; ++round) {
    const auto got = braid::from(iota(0, 300)) |
                     braid::map(
                         4, [](int x) { return x + 1; }, braid::ordered) |
                     braid::map(
                         3, [](int x) -> braid::task<int> { co_return 2 * x; }, braid::ordered) |
                     braid::map(
                         5, [](int x) { return x + 1; }, braid::ordered) |
                     braid::collect();
    ASSERT_EQ(got.size(), 300u);
    for (int i = 0; i < 300; ++i) ASSERT_EQ(got[static_cast<std::size_t>(i)], 2 * (i + 1) + 1);
  }
}

TEST(stream, a_context_ends_it_where_it_waits) {
  auto [tx, rx] = braid::channel<int>(1);
  auto [ctx, cancel] = braid::with_cancel();
  EXPECT_TRUE(tx.try_send(1));
  std::thread canceller;
  std::vector<int> got;
  const auto take = [&, end = cancel](int x) {
    got.push_back(x);
    canceller = std::thread([end] { end("enough"); });
  };
  EXPECT_THROW(braid::from(rx) | braid::map(4, square) | braid::for_each(ctx, take), braid::cancelled);
  EXPECT_EQ(got, std::vector<int>{1});
  canceller.join();
}

TEST(stream, a_channel_closed_with_an_error_fails_after_what_it_brought) {
  auto [tx, rx] = braid::channel<int>(8);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(tx.try_send(i));
  tx.close(std::make_exception_ptr(boom()));
  std::vector<int> got;
  EXPECT_THROW(braid::from(rx) | braid::chunk(3) | braid::flat_map([](std::vector<int> v) { return v; }) |
                   braid::collect_into(got),
               boom);
  EXPECT_EQ(got, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(stream, the_sinks_say_what_they_are_asked) {
  const auto numbers = [] { return braid::from(iota(1, 11)); };
  EXPECT_EQ(numbers() | braid::count(), 10u);
  EXPECT_EQ(numbers() | braid::first(3), (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(numbers() | braid::any_of([](int x) { return x == 7; }));
  EXPECT_FALSE(numbers() | braid::any_of([](int x) { return x == 70; }));
  EXPECT_TRUE(numbers() | braid::all_of([](int x) { return x < 11; }));
  EXPECT_FALSE(numbers() | braid::all_of([](int x) { return x < 10; }));
  EXPECT_EQ((numbers() | braid::filter([](int x) { return x % 2 == 0; }) | braid::collect()),
            (std::vector<int>{2, 4, 6, 8, 10}));
  std::atomic<int> sum = 0;
  numbers() | braid::for_each(braid::workers(4), [&](int x) { sum += x; });
  EXPECT_EQ(sum, 55);
  auto [tx, rx] = braid::channel<int>(braid::unbounded);
  EXPECT_EQ(numbers() | braid::to(tx), 10u);
  EXPECT_EQ(rx.size(), 10u);
}

TEST(stream, runs_once) {
  auto numbers = braid::from(iota(0, 3));
  for (int x : numbers) static_cast<void>(x);
  EXPECT_DEATH(for (int x : numbers) static_cast<void>(x), "a stream is one run");
}

TEST(stream, stops_half_way_in_a_coroutine) {
  const auto work = []() -> braid::task<int> {
    auto numbers = braid::from(iota(0)) | braid::map(4, square);
    int sum = 0;
    for (int x : numbers) {
      sum += x;
      if (x > 20) break;
    }
    co_await numbers.stop();
    co_return sum;
  };
  EXPECT_GT(work().get(), 20);
}

TEST(stream, flat_map_takes_what_it_is_given_and_copies_what_it_is_shown) {
  std::vector<std::string> shown{"a long string that is not stored in place", "b"};
  const auto show = [&](int) { return std::span<std::string>(shown); };
  EXPECT_EQ(braid::from(iota(0, 3)) | braid::flat_map(show) | braid::count(), 6u);
  EXPECT_EQ(shown[0], "a long string that is not stored in place");
  const auto letters = [](std::string& word) { return std::views::all(word); };
  const std::vector<std::string> words{"one word that is longer than what fits in place", "two"};
  EXPECT_EQ(braid::from(words) | braid::flat_map(letters) | braid::count(), 50u);
}

/// The numbers up to 3 that f lets pass; f is asked while the view begins, and while it goes on.
template<class F>
auto numbers_that(F f) {
  return [f](int item) { return iota(0, 4) | std::views::filter([f, item](int x) { return f(item, x); }); };
}
/// After a first one that went well.
void expect_a_lost_item_where(int fails) {
  auto [tx, rx] = braid::channel<int>(4);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(tx.send(i).get());
  tx.close();
  const auto passes = [fails](int item, int x) {
    return item == 1 && x == fails ? throw std::runtime_error("no") : true;
  };
  std::vector<int> got;
  EXPECT_THROW(braid::from(rx) | braid::flat_map(numbers_that(passes)) | braid::collect_into(got), std::runtime_error);
  EXPECT_EQ(got.size(), static_cast<std::size_t>(4 + fails));  // law F2: what came before the failure comes out
  EXPECT_EQ(tx.dropped(), 1u);
}
TEST(stream, flat_map_loses_one_item_where_its_range_fails_to_begin) {
  expect_a_lost_item_where(0);
}
TEST(stream, flat_map_loses_one_item_where_its_range_fails_half_way) {
  expect_a_lost_item_where(2);
}

TEST(stream, a_range_that_fails_after_an_item_has_given_that_item) {
  std::vector<int> got;
  const auto passes = [](int x) { return x == 2 ? throw std::runtime_error("no") : true; };
  EXPECT_THROW(braid::from(iota(0, 4) | std::views::filter(passes)) | braid::collect_into(got), std::runtime_error);
  EXPECT_EQ(got, (std::vector{0, 1}));
}

TEST(stream, first_of_none_asks_for_none) {
  int asked = 0;
  const auto none = braid::generate([&]() -> std::optional<int> { return ++asked; }) | braid::first(0);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(asked, 0);
}

TEST(stream, to_stops_where_the_channel_is_closed) {
  auto [tx, rx] = braid::channel<int>(4);
  std::thread closer([from = rx] {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(from.recv().get(), i);
    static_cast<void>(from.close());
  });
  const std::size_t sent = braid::from(iota(0)) | braid::to(tx);
  EXPECT_GE(sent, 10u);
  EXPECT_LE(sent, 14u);
  closer.join();
}

TEST(stream, lines_names_the_file_that_it_cannot_open) {
  try {
    static_cast<void>(braid::lines("/no/such/file"));
    FAIL();
  } catch (const std::system_error& e) {
    EXPECT_NE(std::string(e.what()).find("lines(\"/no/such/file\"): cannot open it"), std::string::npos) << e.what();
  }
}

TEST(stream, a_long_one_of_many_stages_keeps_its_count) {
  auto numbers = braid::from(iota(0, 1000));
  for (int stage = 0; stage < 1000; ++stage) numbers = std::move(numbers) | braid::map([](int x) { return x + 1; });
  EXPECT_EQ(std::move(numbers) | braid::reduce(0L, std::plus{}), 1000L * 999 / 2 + 1000L * 1000);
}

braid::task<> run_stream(braid::receiver<int> rx, const braid::context* ctx, int* got, bool* ended) {
  auto numbers = braid::from(rx);
  try {
    auto all = numbers.into(braid::for_each(*ctx, [got](int) { ++*got; }));
    co_await all;
  } catch (const braid::cancelled&) {
  }
  *ended = true;
}

/// On the one worker there is: the item is handed over, and the cancel follows before the stream can run again.
braid::task<> send_and_cancel(braid::sender<int> tx, const braid::cancellable* run) {
  auto send = tx.send(1);
  const bool sent = co_await send;
  EXPECT_TRUE(sent);
  run->cancel("just now");
}

TEST(stream, an_item_that_was_received_before_the_cancel_comes_out) {
  for (int round = 0; round < 50; ++round) {
    braid::work_stealing_executor one(1);
    const braid::context here(braid::environment{.executor = &one});
    const braid::cancellable run = braid::with_cancel(here);
    braid::channel<int> numbers(0);
    int got = 0;
    bool ended = false;
    braid::task_group group(here);
    group.spawn(run_stream, numbers.rx, &run.ctx, &got, &ended);
    group.spawn(send_and_cancel, numbers.tx, &run);
    group.join().get();
    EXPECT_TRUE(ended);
    ASSERT_EQ(got, 1) << "sent and received, and gone: round " << round;
  }
}

braid::stream<int> with_stages(int count) {
  auto s = braid::from(std::vector<int>{1, 2, 3});
  for (int i = 0; i < count; ++i) s = std::move(s) | braid::filter([](int) { return true; });
  return s;
}
braid::task<std::size_t> count_in_task(braid::stream<int> s) {
  auto all = s.into(braid::count());
  co_return co_await all;
}

TEST(stream, of_two_thousand_stages_fits_on_the_stack_of_a_thread) {
  EXPECT_EQ(with_stages(2000) | braid::count(), 3u);
  EXPECT_EQ(count_in_task(with_stages(2000)).get(), 3u);
  static_cast<void>(with_stages(2000));
}

}  // namespace
