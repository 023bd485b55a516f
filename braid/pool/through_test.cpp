#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <numeric>
#include <ranges>
#include <thread>

#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/flow/stages.hpp"
#include "braid/pool/gate_test.hpp"
#include "braid/pool/worker_pool.hpp"

namespace {

using braid::worker_pool;

std::vector<int> numbers(int count) {
  std::vector<int> all(count);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

int square(int n) {
  return n * n;
}
braid::task<int> square_later(int n) {
  const int result = n * n;
  co_return result;
}

template<class Handler>
void expect_squares_in_order(Handler handler) {
  worker_pool pool(3, handler);
  for (const int count : {0, 1, 2, 1000}) {
    const std::vector<int> squares = pool.run(numbers(count));
    ASSERT_EQ(squares.size(), static_cast<std::size_t>(count));
    for (int n = 0; n < count; ++n) EXPECT_EQ(squares[n], n * n);
  }
}

TEST(through, run_gives_the_values_in_the_order_of_the_batch) {
  expect_squares_in_order(square);
  expect_squares_in_order(square_later);
}

TEST(through, run_borrows_a_named_batch) {
  worker_pool pool(2, square);
  const std::vector<int> batch = numbers(5);
  EXPECT_EQ(pool.run(batch), (std::vector{0, 1, 4, 9, 16}));
  EXPECT_EQ(batch.size(), 5u);
}

TEST(through, a_job_does_not_wait_for_the_next_one_to_come) {
  std::atomic<int> ran{0};
  worker_pool pool(2, [&](int n) {
    ++ran;
    return n;
  });
  int asked = 0;
  const auto next = [&]() -> std::optional<int> {
    while (ran < asked) std::this_thread::yield();  // what was given before has to be done
    return asked < 5 ? std::optional(asked++) : std::nullopt;
  };
  EXPECT_EQ(braid::generate(next) | braid::through(pool) | braid::count(), 5u);
}

/// A range that knows its size, may be gone through again, and makes each item when it is asked for.
class items_on_demand {
 public:
  explicit items_on_demand(const std::atomic<int>& done) : done_(&done) {}
  struct iterator {
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;
    int operator*() const {
      while (*done < at) std::this_thread::yield();  // what was given before has to be done
      return at;
    }
    iterator& operator++() { return ++at, *this; }
    iterator operator++(int) { return {done, at++}; }
    bool operator==(const iterator& other) const { return at == other.at; }
    const std::atomic<int>* done = nullptr;
    int at = 0;
  };
  iterator begin() const { return {done_, 0}; }
  iterator end() const { return {done_, 5}; }
  std::size_t size() const { return 5; }

 private:
  const std::atomic<int>* done_;
};
template<class Range>
constexpr bool has_its_items = braid::detail::holds_its_items<std::views::all_t<Range>>;
static_assert(std::ranges::forward_range<items_on_demand> && !has_its_items<items_on_demand&>);
static_assert(has_its_items<std::list<int>&> && has_its_items<std::vector<int>> && has_its_items<std::map<int, int>&>);
static_assert(!has_its_items<std::ranges::transform_view<std::ranges::ref_view<std::vector<int>>, int (*)(int)>>);

TEST(through, nor_does_one_of_a_range_that_makes_its_items_when_asked) {
  std::atomic<int> ran{0};
  worker_pool pool(2, [&](int n) {
    ++ran;
    return n;
  });
  EXPECT_EQ(braid::from(items_on_demand(ran)) | braid::through(pool) | braid::count(), 5u);
}

TEST(through, nor_does_one_wait_for_the_key_of_the_next) {
  std::atomic<int> ran{0};
  const auto key = [&](int n) {
    while (ran < n) std::this_thread::yield();  // what was given before has to be done
    return n;
  };
  worker_pool pool(2, braid::by_key(key), [&](int n) {
    ++ran;
    return n;
  });
  EXPECT_EQ(braid::from(numbers(5)) | braid::through(pool) | braid::count(), 5u);
}

TEST(through, jobs_that_were_handed_over_together_go_to_whoever_is_free) {
  std::atomic<int> ran{0};
  worker_pool pool(2, [&](int n) {
    while (n == 0 && ran < 9) std::this_thread::yield();
    ++ran;
    return n;
  });
  const auto outcomes = braid::from(numbers(10)) | braid::through(pool, braid::slack(20)) | braid::collect();
  EXPECT_EQ(outcomes.size(), 10u);
}

TEST(through, run_throws_when_all_have_ended_and_keeps_every_outcome) {
  std::atomic<int> ran{0};
  worker_pool pool(2, [&](int n) {
    ++ran;
    if (n % 3 == 1) throw std::runtime_error("bad " + std::to_string(n));
    return n;
  });
  try {
    static_cast<void>(pool.run(numbers(10)));
    FAIL() << "it did not throw";
  } catch (const braid::batch_error<int, int>& e) {
    EXPECT_STREQ(e.what(), "3 of 10 jobs failed; the first, number 1: bad 1");
    ASSERT_EQ(e.outcomes().size(), 10u);
    for (int n = 0; n < 10; ++n) {
      EXPECT_EQ(e.outcomes()[n].job, n);
      EXPECT_EQ(e.outcomes()[n].outcome.has_value(), n % 3 != 1);
    }
  }
  EXPECT_EQ(ran, 10);
  EXPECT_EQ(pool.run(numbers(1)), std::vector{0});  // it goes on
}

TEST(through, stream_gives_every_job_with_its_outcome_once) {
  worker_pool pool(3, [](int n) {
    if (n % 10 == 0) throw std::runtime_error("round");
    return n + 1;
  });
  std::vector<int> seen(1000);
  for (auto& [job, outcome] : pool.stream(numbers(1000))) {
    ++seen[job];
    EXPECT_EQ(outcome.has_value(), job % 10 != 0);
    EXPECT_EQ(outcome ? *outcome : job + 1, job + 1);
  }
  EXPECT_EQ(std::ranges::count(seen, 1), 1000);
}

TEST(through, a_stream_may_be_ordered) {
  worker_pool pool(3, [](int n) {
    for (int i = 0; i < n % 7; ++i) std::this_thread::yield();
    return n;
  });
  int next = 0;
  for (auto& [job, outcome] : pool.stream(numbers(500), braid::ordered, braid::slack(5))) {
    EXPECT_EQ(job, next++);
    EXPECT_EQ(*outcome, job);
  }
  EXPECT_EQ(next, 500);
}

TEST(through, no_more_is_in_flight_than_workers_and_slack) {
  std::atomic<int> pulled{0}, taken{0};
  std::atomic<bool> too_many{false};
  worker_pool pool(2, [](int n) { return n; });
  auto source = braid::from(numbers(300)) | braid::inspect([&](int) {
                  if (++pulled - taken > 2 + 3) too_many = true;
                });
  for (auto& one : std::move(source) | braid::through(pool, braid::slack(3))) {
    EXPECT_TRUE(one.outcome);
    ++taken;
  }
  EXPECT_EQ(taken, 300);
  EXPECT_FALSE(too_many);
}

TEST(through, a_stream_that_is_left_takes_back_what_has_not_begun) {
  std::atomic<int> ran{0};
  worker_pool pool(2, [&](int n) { return ++ran, n; });
  {
    for (auto& one : pool.stream(numbers(100'000))) {
      EXPECT_TRUE(one.outcome);
      if (ran > 10) break;
    }
  }
  const int after = ran;
  EXPECT_LT(after, 100);
  EXPECT_EQ(pool.call(1), 1);
  EXPECT_EQ(ran, after + 1);
}

TEST(through, a_stream_that_is_left_takes_back_what_waits_behind_a_key_too) {
  gate g;
  worker_pool pool(2, braid::by_key([](int n) { return n % 3; }), [&](int n) {
    if (n > 0) g.stand();
    return n;
  });
  std::thread opens([&] {
    while (pool.stats().dropped < 50) std::this_thread::yield();
    g.open = true;
  });
  {
    const auto some = pool.stream(numbers(1'000)) | braid::first(1);  // two workers stand before the gate now, or soon
    EXPECT_EQ(some.size(), 1u);
  }
  opens.join();
  EXPECT_LE(g.arrived, 2);
  EXPECT_EQ(pool.call(4), 4);
  pool.drain().get();
}

TEST(through, a_key_function_that_throws_fails_its_submit_or_its_stream_alone) {
  const auto key = [](int n) { return n == 3 ? throw std::runtime_error("no key") : n; };
  worker_pool pool(2, braid::by_key(key), square);
  EXPECT_THROW(static_cast<void>(pool.submit(3)), std::runtime_error);
  int results = 0;
  const auto take_all = [&] {
    for (const auto& one : pool.stream(numbers(10))) results += one.outcome ? 1 : 0;
  };
  EXPECT_THROW(take_all(), std::runtime_error);
  EXPECT_EQ(results, 3);
  EXPECT_EQ(pool.call(2), 4);
}

TEST(through, a_failing_source_comes_out_after_the_results_before_it) {
  worker_pool pool(2, square);
  int results = 0;
  auto source = braid::from(numbers(10)) | braid::map([](int n) {
                  if (n == 5) throw std::runtime_error("five");
                  return n;
                });
  const auto run = [&] {
    for (auto& one : std::move(source) | braid::through(pool)) {
      EXPECT_TRUE(one.outcome);
      ++results;
    }
  };
  EXPECT_THROW(run(), std::runtime_error);
  EXPECT_EQ(results, 5);
}

TEST(through, the_context_of_a_batch_ends_its_jobs) {
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  std::atomic<int> began{0};
  worker_pool pool(2, [&, stop = cancel](const braid::context& mine, int) {
    if (++began == 2) stop("enough");
    auto end = mine.done();
    end.get();
  });
  EXPECT_THROW(pool.run(ctx, numbers(100)), braid::cancelled);
  EXPECT_LE(began, 4);
}

TEST(through, batches_share_the_workers) {
  std::atomic<bool> long_one_is_done{false};
  std::atomic<int> started{0};
  worker_pool pool(1, [&](int n) {
    ++started;
    for (int i = 0; i < 20; ++i) std::this_thread::yield();
    return n;
  });
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  std::thread other([&, wanted = ctx] {
    EXPECT_THROW(static_cast<void>(pool.run(wanted, numbers(500'000))), braid::cancelled);
    long_one_is_done = true;
  });
  while (started < 10) std::this_thread::yield();
  EXPECT_EQ(pool.run(numbers(50)).size(), 50u);
  EXPECT_EQ(pool.call(1), 1);
  EXPECT_FALSE(long_one_is_done);
  cancel("long enough");
  other.join();
}

TEST(through, stopping_the_pool_ends_a_batch_with_every_outcome) {
  std::atomic<int> began{0};
  std::atomic<bool> open{false};
  worker_pool pool(2, [&](int n) {
    ++began;
    while (!open) std::this_thread::yield();
    return n;
  });
  std::thread stopper([&] {
    while (began < 2) std::this_thread::yield();
    auto end = pool.stop();
    open = true;
    static_cast<void>(end.get());
  });
  try {
    static_cast<void>(pool.run(numbers(50)));
    FAIL() << "it did not throw";
  } catch (const braid::batch_error<int, int>& e) {
    ASSERT_EQ(e.outcomes().size(), 50u);
    EXPECT_EQ(std::ranges::count_if(e.outcomes(), [](const auto& one) { return one.outcome.has_value(); }), 2);
  }
  stopper.join();
}

TEST(through, attach_feeds_from_a_channel_to_a_channel) {
  worker_pool pool(3, square);
  auto [jobs_tx, jobs_rx] = braid::channel<int>(4);
  auto [results_tx, results_rx] = braid::channel<braid::job_result<int, int>>(4);
  auto fed = pool.attach(std::move(jobs_rx), std::move(results_tx));
  std::thread client([tx = std::move(jobs_tx)]() mutable {
    for (int n = 0; n < 500; ++n) EXPECT_TRUE(tx.send(n).get());
  });
  long sum = 0;
  for (auto& [job, outcome] : results_rx) sum += *outcome - job * job + 1;
  client.join();
  EXPECT_EQ(sum, 500);
  EXPECT_EQ(fed.get(), 500u);
  pool.drain().get();
}

TEST(through, an_attached_channel_that_fails_harms_nothing_but_its_future) {
  worker_pool pool(2, square_later);
  auto [jobs_tx, jobs_rx] = braid::channel<int>(4);
  auto [results_tx, results_rx] = braid::channel<braid::job_result<int, int>>(4);
  auto fed = pool.attach(std::move(jobs_rx), std::move(results_tx));
  EXPECT_TRUE(jobs_tx.send(3).get());
  EXPECT_EQ(*results_rx.recv().get()->outcome, 9);
  jobs_tx.close(std::make_exception_ptr(std::runtime_error("no more")));
  EXPECT_THROW(static_cast<void>(fed.get()), std::runtime_error);
  EXPECT_EQ(pool.call(4), 16);
  EXPECT_EQ(pool.run(numbers(3)), (std::vector{0, 1, 4}));
}

braid::task<std::vector<int>> squares_in_a_coroutine(worker_pool<int, int>& pool) {
  auto jobs = pool.stream(numbers(100), braid::ordered);
  auto outcomes = co_await jobs.into(braid::collect());
  co_return braid::values_of(std::move(outcomes));
}

TEST(through, a_coroutine_runs_one_without_blocking_its_thread) {
  worker_pool pool(2, square);
  const std::vector<int> squares = squares_in_a_coroutine(pool).get();
  ASSERT_EQ(squares.size(), 100u);
  EXPECT_EQ(squares[99], 99 * 99);
}

}  // namespace
