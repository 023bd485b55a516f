// Items that a stream has received from a channel and does not deliver: each goes back to on_drop, or is counted.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "braid/flow/concat.hpp"
#include "braid/flow/map.hpp"
#include "braid/flow/merge.hpp"
#include "braid/flow/merge_sorted.hpp"
#include "braid/flow/race.hpp"
#include "braid/flow/scarce_test.hpp"
#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/flow/stages.hpp"
#include "braid/runtime/manual_executor.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/within.hpp"

namespace {

using namespace std::chrono_literals;
using ints = std::vector<int>;
using stream = braid::stream<int>;
using receiver = braid::receiver<int>;

int slowly(int x) {
  std::this_thread::sleep_for(20us);
  return x;
}
braid::task<int> slowly_in_a_task(int x) {
  auto pause = braid::after(20us);
  co_await pause;
  co_return x;
}
stream serial(receiver rx) {
  return braid::from(std::move(rx)) | braid::map(slowly);
}
auto one_by_one() {
  return braid::flat_map([](ints& some) { return std::span(some); });
}

/// Pipelines in which each item of the channel becomes one.
struct pipeline {
  const char* name;
  std::function<stream(receiver)> make;
};
const pipeline pipelines[] = {
    {"no stage", [](receiver rx) { return braid::from(rx); }},
    {"map", [](receiver rx) { return braid::from(rx) | braid::map(4, slowly); }},
    {"an ordered map", [](receiver rx) { return braid::from(rx) | braid::map(4, slowly, braid::ordered); }},
    {"two maps", [](receiver rx) { return serial(rx) | braid::map(3, slowly) | braid::map(3, slowly); }},
    {"a map of coroutines", [](receiver rx) { return braid::from(rx) | braid::map(4, slowly_in_a_task); }},
    {"a map of coroutines behind a map",
     [](receiver rx) { return braid::from(rx) | braid::map(4, slowly) | braid::map(4, slowly_in_a_task); }},
    {"throttle", [](receiver rx) { return braid::from(rx) | braid::throttle({.tokens = 1, .per = 5us, .burst = 2}); }},
    {"a merge",
     [](receiver rx) { return braid::merge(serial(rx), braid::from(rx), serial(rx) | braid::map(2, slowly)); }},
    {"a sorted merge", [](receiver rx) { return braid::merge_sorted(braid::from(rx), serial(rx)); }},
    {"a race",
     [](receiver rx) { return braid::race(serial(rx), serial(rx) | braid::map(2, slowly), braid::from(rx)); }},
    {"a map behind a merge", [](receiver rx) { return braid::merge(serial(rx), serial(rx)) | braid::map(3, slowly); }},
    {"filter and concat",
     [](receiver rx) {
       return braid::concat(serial(rx) | braid::filter([](int) { return true; }), braid::from(ints{}));
     }},
};

/// Everything that was sent is somewhere, once.
struct account {
  explicit account(bool hook) {
    if (hook) options.on_drop = [this](int) { ++handed_back; };
  }
  std::atomic<int> handed_back = 0;
  braid::channel_options<int> options;
};

/// A context whose time is over once something is true, which a thread looks at for 20 s at most.
class over_when {
 public:
  explicit over_when(std::function<bool()> is)
      : looks_([this, is = std::move(is)] {
          const auto end = std::chrono::steady_clock::now() + 20s;
          while (!is() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
          clock_.advance(1ms);
        }) {}
  ~over_when() { looks_.join(); }
  const braid::context& ctx() const noexcept { return ctx_; }

 private:
  braid::manual_clock clock_;
  const braid::context ctx_ = braid::with_timeout(braid::context(braid::environment{.clock = &clock_}), 1ms);
  std::thread looks_;
};

TEST(undelivered, items_of_a_stream_that_is_left_early_are_handed_back_or_counted) {
  for (const pipeline& each : pipelines)
    for (const bool hook : {false, true})
      for (const int leaves_after : {0, 1, 7, 40}) {
        account books(hook);
        auto [tx, rx] = braid::channel<int>(100, books.options);
        for (int i = 0; i < 100; ++i) EXPECT_TRUE(tx.try_send(i));
        int got = 0;
        {
          auto s = each.make(rx);
          if (leaves_after > 0)
            for (int x : s) {
              static_cast<void>(x);
              if (++got == leaves_after) break;
            }
        }
        EXPECT_EQ(got + static_cast<int>(rx.size()) + books.handed_back + static_cast<int>(tx.dropped()), 100)
            << each.name << ", left after " << leaves_after;
      }
}

TEST(undelivered, items_of_streams_with_a_limit_of_time_are_handed_back_or_counted) {
  for (const pipeline& each : pipelines) {
    account books(true);
    auto [tx, rx] = braid::channel<int>(0, books.options);
    std::thread sends([out = tx] {
      for (int i = 0; i < 500; ++i)
        if (!out.send(i).get()) return;
      out.close();
    });
    std::atomic<int> got = 0;
    for (int round = 0; !rx.closed() && round < 100'000; ++round) {
      const braid::context limited = braid::with_timeout(300us);
      try {
        each.make(rx) | braid::for_each(limited, [&got](int) { ++got; });
      } catch (const braid::timed_out&) {
      }
    }
    sends.join();
    EXPECT_EQ(got + books.handed_back + static_cast<int>(tx.dropped()), 500) << each.name;
  }
}

TEST(undelivered, items_that_collect_has_when_its_time_is_over_go_back) {
  account books(true);
  auto [tx, rx] = braid::channel<int>(10, books.options);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(tx.try_send(i));
  const over_when all_are_received([&from = rx] { return from.size() == 0; });
  EXPECT_THROW(static_cast<void>(braid::from(rx) | braid::collect(all_are_received.ctx())), braid::timed_out);
  EXPECT_EQ(books.handed_back, 10);
  EXPECT_EQ(tx.dropped(), 0u);
}

TEST(undelivered, items_that_a_sink_has_no_memory_for_go_back) {
  std::vector<scarce> got;
  std::size_t in_chunks = 0;
  const auto count_items = [&](const std::vector<scarce>& some) { in_chunks += some.size(); };
  const std::function<void(braid::stream<scarce>)> sinks[] = {
      [](auto s) { static_cast<void>(std::move(s) | braid::collect()); },
      [](auto s) { static_cast<void>(std::move(s) | braid::first(9)); },
      [&](auto s) { std::move(s) | braid::collect_into(got); },
      [&](auto s) { std::move(s) | braid::chunk(9) | braid::for_each(count_items); }};
  for (const auto& sink : sinks) {
    std::size_t handed_back = 0;
    auto [tx, rx] = braid::channel<scarce>(10, {.on_drop = [&handed_back](scarce) { ++handed_back; }});
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(tx.try_send({i}));
    const scarce::limit four(4);
    EXPECT_THROW(sink(braid::from(rx)), std::bad_alloc);
    EXPECT_EQ(handed_back + std::exchange(got, {}).size() + std::exchange(in_chunks, 0) + rx.size(), 10u);
    EXPECT_EQ(tx.dropped(), 0u);
  }
}

TEST(undelivered, items_of_a_chunk_that_has_begun_go_back) {
  account books(true);
  auto [tx, rx] = braid::channel<int>(10, books.options);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(tx.try_send(i));
  const over_when all_are_received([&from = rx] { return from.size() == 0; });
  EXPECT_THROW(braid::from(rx) | braid::chunk(4) | one_by_one() | braid::for_each(all_are_received.ctx(), [](int) {}),
               braid::timed_out);
  EXPECT_EQ(books.handed_back, 2);
}

TEST(undelivered, an_item_whose_send_is_refused_or_cancelled_goes_back) {
  account books(true);
  auto [tx, rx] = braid::channel<int>(10, books.options);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(tx.try_send(i));
  {
    auto [full, unread] = braid::channel<int>(1);
    const over_when the_second_waits([&from = rx] { return from.size() == 1; });
    EXPECT_THROW(static_cast<void>(braid::from(rx) | braid::to(the_second_waits.ctx(), full)), braid::timed_out);
    EXPECT_EQ(unread.size(), 1u);
  }
  EXPECT_EQ(books.handed_back, 1);
  auto [closed, none] = braid::channel<int>(1);
  closed.close();
  EXPECT_EQ(braid::from(rx) | braid::to(closed), 0u);
  EXPECT_EQ(books.handed_back, 2);
}

TEST(undelivered, an_item_that_comes_when_its_stream_is_about_to_end_goes_back) {
  account books(true);
  auto [tx, rx] = braid::channel<int>(0, books.options);
  auto source = braid::from(rx).take();
  source->start(braid::current_context());
  std::optional<int> item;
  braid::detail::waits until;
  ASSERT_EQ(source->pull(item, until), braid::detail::pulled::wait);
  std::thread sends([out = tx] { EXPECT_TRUE(out.send(7).get()); });
  braid::detail::perform_one_of(until);
  source.reset();
  sends.join();
  EXPECT_EQ(books.handed_back, 1);
}

TEST(undelivered, items_whose_function_throws_are_counted) {
  for (int stage = 0; stage < 4; ++stage) {
    auto [tx, rx] = braid::channel<int>(100);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(tx.try_send(i));
    const auto fails = [](int x) { return x < 20 ? x : throw std::runtime_error("20"); };
    const auto fails_in_a_task = [fails](int x) -> braid::task<int> { co_return fails(x); };
    ints got;
    auto s = stage == 0   ? braid::from(rx) | braid::map(fails)
             : stage == 1 ? braid::from(rx) | braid::map(4, fails)
             : stage == 2 ? braid::from(rx) | braid::map(4, fails_in_a_task)
                          : braid::from(rx) | braid::filter([fails](int x) { return fails(x) >= 0; });
    EXPECT_THROW(std::move(s) | braid::collect_into(got), std::runtime_error);
    EXPECT_EQ(got.size() + rx.size() + tx.dropped(), 100u) << stage;
    EXPECT_GE(tx.dropped(), 1u);
  }
}

TEST(undelivered, a_task_that_was_never_begun_gives_its_item_back) {
  account books(true);
  auto [tx, rx] = braid::channel<int>(10, books.options);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(tx.try_send(i));
  braid::manual_executor hand;
  {
    const braid::cancellable own = braid::with_cancel(braid::context(braid::environment{.executor = &hand}));
    auto stage = (braid::from(rx) | braid::map(4, slowly_in_a_task)).take();
    stage->start(own.ctx);
    std::optional<int> item;
    braid::detail::waits until;
    ASSERT_EQ(stage->pull(item, until), braid::detail::pulled::wait);
    hand.run_one();
    own.cancel();
    hand.run();
  }
  EXPECT_EQ(books.handed_back + static_cast<int>(tx.dropped() + rx.size()), 10);
}

}  // namespace
