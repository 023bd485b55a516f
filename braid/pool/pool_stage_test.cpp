#include "braid/pool/pool_stage.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "braid/flow/map.hpp"
#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/pool/worker_pool.hpp"

namespace {

using braid::worker_pool;

template<class Condition>
bool comes_true(Condition is) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (; !is(); std::this_thread::yield())
    if (std::chrono::steady_clock::now() > end) return false;
  return true;
}

/// The last stage of a stream, pulled by hand.
struct pulled_by_hand {
  using item = braid::job_result<int, int>;
  explicit pulled_by_hand(braid::stream<item> s) : stage(s.take()) { stage->start(own.ctx); }
  ~pulled_by_hand() { own.cancel(); }

  braid::detail::pulled pull() {
    until.clear();
    got.reset();
    return stage->pull(got, until);
  }
  /// Takes `count` items.
  void take(int count) {
    while (count > 0) {
      if (pull() == braid::detail::pulled::item) {
        --count;
      } else {
        braid::detail::perform_one_of(until);
      }
    }
  }
  const braid::cancellable own = braid::with_cancel();
  std::unique_ptr<braid::detail::pull_stage<item>> stage;
  std::optional<item> got{};
  braid::detail::waits until{};
};

TEST(pool_stage, gives_a_result_and_leaves_the_input_to_the_workers_before_it) {  // white box: leave()
  for (const std::size_t results :
       {1, 2}) {  // of three that may be in flight: with two the next is given before a pull
    std::atomic<bool> closed{false};
    worker_pool pool(2, [&](int n) {
      while (closed) std::this_thread::yield();
      return n;
    });
    const braid::channel<int> numbers(100);
    std::atomic<std::size_t> calls{0};
    const auto counts = [&](int n) { return ++calls, n; };
    pulled_by_hand last(braid::from(numbers.rx) | braid::map(2, counts) | braid::through(pool, braid::slack(1)));
    for (int n = 0; n < 64; ++n) EXPECT_TRUE(numbers.tx.try_send(n));
    last.take(64);  // short items, so that the driver pulls and runs the next ones itself
    closed = true;
    for (std::size_t n = 0; n < results; ++n) EXPECT_TRUE(numbers.tx.try_send(64));
    while (last.pull() == braid::detail::pulled::wait && pool.stats().accepted < 64 + results) {
      braid::detail::perform_one_of(last.until);
    }
    closed = false;
    EXPECT_TRUE(comes_true([&] { return pool.stats().succeeded == 64 + results; }));
    EXPECT_EQ(last.pull(), braid::detail::pulled::item);
    for (int n = 0; n < 3; ++n) EXPECT_TRUE(numbers.tx.try_send(n));
    EXPECT_TRUE(comes_true([&] { return calls == 64 + results + 3; }));
  }
}

}  // namespace
