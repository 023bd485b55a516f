#include "braid/flow/chunk.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ranges>
#include <span>
#include <stdexcept>
#include <vector>

#include "braid/flow/merge.hpp"
#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/flow/stages.hpp"
#include "braid/sync/by_hand_test.hpp"
#include "braid/sync/within.hpp"

namespace {

using namespace std::chrono_literals;
using chunks = std::vector<std::vector<int>>;

braid::task<> chunks_into(braid::stream<std::vector<int>> s, chunks* to) {
  co_await s.into(braid::collect_into(*to));
}
struct chunk_boom : std::runtime_error {
  chunk_boom() : std::runtime_error("boom") {}
};

/// A channel whose chunks of 3 items or 1 s are collected in `got`.
struct chunked_channel : by_hand {
  chunked_channel() { group.spawn(chunks_into, braid::from(numbers.rx) | braid::chunk(3, 1s), &got); }
  ~chunked_channel() { end(); }
  void send(int x) {
    EXPECT_TRUE(numbers.tx.try_send(x));
    hand.run();
  }
  braid::channel<int> numbers{braid::unbounded};
  chunks got;
};

TEST(chunk, a_full_one_goes_out_at_once) {
  chunked_channel c;
  for (int x = 0; x < 7; ++x) c.send(x);
  EXPECT_EQ(c.got, (chunks{{0, 1, 2}, {3, 4, 5}}));
}

TEST(chunk, one_that_is_not_full_goes_out_when_its_first_item_has_waited_so_long) {
  chunked_channel c;
  c.advance(10s);
  c.send(1);
  c.advance(600ms);
  c.send(2);
  c.advance(399ms);
  EXPECT_TRUE(c.got.empty());
  c.advance(1ms);
  EXPECT_EQ(c.got, (chunks{{1, 2}}));
  c.send(3);
  c.advance(999ms);
  EXPECT_EQ(c.got.size(), 1u);
  c.advance(1ms);
  EXPECT_EQ(c.got, (chunks{{1, 2}, {3}}));
}

TEST(chunk, none_is_empty_however_long_nothing_comes) {
  chunked_channel c;
  for (int i = 0; i < 10; ++i) c.advance(1s);
  EXPECT_TRUE(c.got.empty());
  c.send(1);
  c.numbers.tx.close();
  c.hand.run();
  EXPECT_EQ(c.got, (chunks{{1}}));
  c.group.join().get();
  EXPECT_EQ(c.got.size(), 1u);
}

TEST(chunk, a_full_one_starts_the_time_of_the_next_one_anew) {
  chunked_channel c;
  c.send(1);
  c.advance(900ms);
  c.send(2);
  c.send(3);
  c.send(4);
  c.advance(900ms);
  EXPECT_EQ(c.got, (chunks{{1, 2, 3}}));
  c.advance(100ms);
  EXPECT_EQ(c.got, (chunks{{1, 2, 3}, {4}}));
}

TEST(chunk, the_time_goes_on_while_a_function_before_it_works) {
  braid::manual_clock clock;
  const braid::context ctx(braid::environment{.clock = &clock});
  const auto slow = [&](int x) { return clock.advance(400ms), x; };
  const chunks got =
      braid::from(std::views::iota(0, 6)) | braid::map(slow) | braid::chunk(100, 1s) | braid::collect(ctx);
  ASSERT_GE(got.size(), 2u);
  EXPECT_TRUE(got[0] == std::vector({0, 1, 2}) || got[0] == std::vector({0, 1, 2, 3}));  // the fourth is due with it
  EXPECT_EQ(braid::from(got) | braid::flat_map([](std::vector<int>& some) { return std::span(some); }) | braid::count(),
            6u);
}

TEST(chunk, a_failure_comes_after_the_items_before_it) {
  chunked_channel c;
  c.send(1);
  c.numbers.tx.close(std::make_exception_ptr(chunk_boom()));
  c.hand.run();
  EXPECT_EQ(c.got, (chunks{{1}}));
  EXPECT_THROW(c.group.join().get(), chunk_boom);
}

TEST(chunk, the_item_that_a_filter_before_it_failed_for_does_not_come_out) {
  chunks got;
  const auto fails_at_2 = [](int x) { return x == 2 ? throw chunk_boom() : true; };
  EXPECT_THROW(
      braid::from(std::views::iota(0, 5)) | braid::filter(fails_at_2) | braid::chunk(9) | braid::collect_into(got),
      chunk_boom);
  EXPECT_EQ(got, (chunks{{0, 1}}));
}

TEST(chunk, waits_on_a_thread_too_and_leaves_the_workers_before_it_at_work) {
  const braid::channel<int> numbers(8), done(8);
  const auto f = [&done](int x) { return done.tx.try_send(x) ? x : -1; };
  int next = 0;
  EXPECT_TRUE(numbers.tx.try_send(next));
  for (const auto& one : braid::from(numbers.rx) | braid::map(2, f) | braid::chunk(1000, 1ms)) {
    EXPECT_EQ(one, std::vector<int>{next});
    EXPECT_EQ(braid::within(20s, done.rx.recv()).get(), next);
    if (++next == 5) break;
    EXPECT_TRUE(numbers.tx.try_send(next));
    EXPECT_EQ(braid::within(20s, done.rx.recv()).get(), next);
    EXPECT_TRUE(done.tx.try_send(next));
  }
  EXPECT_EQ(next, 5);
}

TEST(chunk, is_an_input_of_a_merge) {
  by_hand world;
  auto [tx, rx] = braid::channel<int>(8);
  auto [tx2, rx2] = braid::channel<int>(8);
  chunks got;
  world.group.spawn(chunks_into,
                    braid::merge(braid::from(rx) | braid::chunk(4, 2s), braid::from(rx2) | braid::chunk(4, 3s)), &got);
  EXPECT_TRUE(tx.try_send(1));
  EXPECT_TRUE(tx2.try_send(2));
  world.advance(2s);
  EXPECT_EQ(got, (chunks{{1}}));
  world.advance(1s);
  EXPECT_EQ(got, (chunks{{1}, {2}}));
}

}  // namespace
