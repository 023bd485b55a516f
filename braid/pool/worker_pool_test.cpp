#include "braid/pool/worker_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <numeric>
#include <string>
#include <thread>

#include "braid/pool/gate_test.hpp"

namespace {

using namespace std::chrono_literals;

int twice(int n) {
  return 2 * n;
}
braid::task<int> twice_later(int n) {
  const int result = 2 * n;
  co_return result;
}

// --- submit ---

TEST(worker_pool, a_future_gives_what_the_handler_gave) {
  braid::worker_pool pool(2, [](int n) { return std::to_string(n); });
  braid::future<std::string> a = pool.submit(1).get();
  braid::future<std::string> b = pool.submit(2).get();
  EXPECT_EQ(b.get(), "2");
  EXPECT_EQ(a.get(), "1");
  pool.drain().get();
}

TEST(worker_pool, deduces_its_types_from_the_handler) {
  braid::worker_pool plain(1, twice);
  static_assert(std::is_same_v<decltype(plain), braid::worker_pool<int, int>>);
  braid::worker_pool coroutine(1, twice_later);
  static_assert(std::is_same_v<decltype(coroutine), braid::worker_pool<int, int>>);
  braid::worker_pool with_context(1, [](const braid::context&, const std::string& s) noexcept { return s.size(); });
  static_assert(std::is_same_v<decltype(with_context), braid::worker_pool<std::string, std::size_t>>);
  braid::worker_pool own(1, braid::per_worker([] { return [sum = 0](int n) mutable { return sum += n; }; }));
  static_assert(std::is_same_v<decltype(own), braid::worker_pool<int, int>>);
  braid::worker_pool patient(1, braid::retry(2, braid::timeout(1s, twice)));
  static_assert(std::is_same_v<decltype(patient), braid::worker_pool<int, int>>);
  EXPECT_EQ(plain.call(2), 4);
  EXPECT_EQ(coroutine.call(3), 6);
  EXPECT_EQ(with_context.call("four"), 4u);
  EXPECT_EQ(own.call(5), 5);
  EXPECT_EQ(patient.call(6), 12);
}

TEST(worker_pool, as_many_plain_jobs_as_workers_run_at_a_time) {
  std::barrier all(8);
  std::atomic<int> most{0}, now{0};
  braid::worker_pool pool(8, [&](int) {
    most = std::max(most.load(), ++now);
    all.arrive_and_wait();
    --now;
  });
  pool.run(std::vector<int>(64));
  EXPECT_LE(most, 8);
}

TEST(worker_pool, never_runs_more_jobs_than_workers) {
  std::atomic<int> now{0};
  std::atomic<bool> too_many{false};
  braid::worker_pool pool(3, [&](int n) {
    if (++now > 3) too_many = true;
    for (int i = 0; i < n; ++i) std::this_thread::yield();
    --now;
  });
  std::vector<int> jobs(500);
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i] = static_cast<int>(i % 7);
  pool.run(jobs);
  EXPECT_FALSE(too_many);
  EXPECT_EQ(pool.stats().succeeded, 500u);
}

TEST(worker_pool, coroutines_run_as_many_at_a_time_as_there_are_workers) {
  auto [tx, rx] = braid::channel<int>(0);
  std::atomic<int> now{0}, most{0};
  const auto handler = [](int, braid::sender<int> to, std::atomic<int>* count,
                          std::atomic<int>* peak) -> braid::task<> {
    *peak = std::max(peak->load(), ++*count);
    auto send = to.send(1);
    static_cast<void>(co_await send);
    --*count;
  };
  braid::worker_pool<int, void> pool(4, [&, to = tx](int n) { return handler(n, to, &now, &most); });
  auto done = pool.stream(std::vector<int>(40)) | braid::map([](auto r) { return r.outcome.has_value() ? 1 : 0; });
  std::thread reader([from = std::move(rx)] {
    for (int i = 0; i < 40; ++i) EXPECT_TRUE(from.recv().get());
  });
  EXPECT_EQ(std::move(done) | braid::reduce(0, std::plus{}), 40);
  reader.join();
  EXPECT_LE(most, 4);
}

TEST(worker_pool, what_a_job_throws_comes_out_of_its_future) {
  braid::worker_pool pool(2, [](int n) {
    if (n == 1) throw std::runtime_error("one");
    return n;
  });
  auto bad = pool.submit(1).get();
  auto good = pool.submit(2).get();
  EXPECT_THROW(bad.get(), std::runtime_error);
  EXPECT_EQ(good.get(), 2);
  pool.drain().get();
  EXPECT_EQ(pool.stats().failed, 1u);
}

TEST(worker_pool, what_a_dropped_future_had_to_throw_comes_out_of_drain) {
  braid::worker_pool pool(1, [](int) -> int { throw std::runtime_error("nobody looks"); });
  static_cast<void>(pool.async(1));
  EXPECT_THROW(pool.drain().get(), std::runtime_error);
}

TEST(worker_pool, what_a_dropped_future_had_to_throw_goes_to_the_handler_for_lost_failures) {
  std::atomic<int> lost{0};
  const braid::context ctx = braid::with_value(braid::context(), braid::on_lost_failure, [&](const auto&) { ++lost; });
  braid::worker_pool pool(ctx, 1, [](int) -> int { throw std::runtime_error("nobody looks"); });
  static_cast<void>(pool.async(1));
  pool.drain().get();
  EXPECT_EQ(lost, 1);
}

TEST(worker_pool, call_waits_for_the_value_async_gives_its_future_and_post_drops_it) {
  std::atomic<int> ran{0};
  braid::worker_pool pool(2,
                          [&ran](int n) {
                            if (n < 0) throw std::runtime_error("negative");
                            return ++ran, 2 * n;
                          },
                          {.queue = 1, .priorities = true});
  EXPECT_EQ(pool.call(3), 6);
  EXPECT_THROW(pool.call(-1, 5), std::runtime_error);
  braid::future<int> later = pool.async(4, -1);
  for (int n = 0; n < 10; ++n) pool.post(n);
  EXPECT_EQ(later.get(), 8);
  pool.drain().get();
  EXPECT_EQ(ran, 12);
  EXPECT_THROW(pool.post(1), braid::pool_closed);
  braid::worker_pool nothing(1, [](int) {});
  nothing.call(1);
  EXPECT_EQ(nothing.stats().succeeded, 1u);
}

TEST(worker_pool, what_a_posted_job_throws_comes_out_of_drain) {
  braid::worker_pool pool(1, [](int) -> int { throw std::runtime_error("posted"); });
  pool.post(1);
  EXPECT_THROW(pool.drain().get(), std::runtime_error);
}

TEST(worker_pool, a_future_outlives_its_pool) {
  std::optional<braid::future<std::string>> kept;
  {
    braid::worker_pool pool(1, [](int n) { return std::to_string(n); });
    kept.emplace(pool.submit(7).get());
    pool.drain().get();
  }
  EXPECT_EQ(kept->get(), "7");
}

TEST(worker_pool, a_job_may_be_of_a_type_that_can_only_be_moved) {
  braid::worker_pool pool(2, [](std::unique_ptr<int> n) { return std::make_unique<int>(*n + 1); });
  EXPECT_EQ(*pool.call(std::make_unique<int>(1)), 2);
}

// --- workers ---

TEST(worker_pool, each_worker_has_a_handler_of_its_own) {
  std::atomic<int> made{0}, gone{0};
  struct counted {
    counted(std::atomic<int>& m, std::atomic<int>& g) : gone_(&g) { ++m; }
    counted(counted&& other) noexcept : gone_(std::exchange(other.gone_, nullptr)) {}
    ~counted() {
      if (gone_) ++*gone_;
    }
    std::atomic<int>* gone_;
  };
  {
    std::barrier all(3);
    braid::worker_pool pool(3, braid::per_worker([&] {
                              return [state = counted(made, gone), jobs = 0, &all](int) mutable {
                                all.arrive_and_wait();
                                return ++jobs;
                              };
                            }));
    const std::vector<int> sums = pool.run(std::vector<int>(9));
    EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), 0), 3 * (1 + 2 + 3));
    EXPECT_EQ(made, 3);
  }
  EXPECT_EQ(gone, 3);
}

TEST(worker_pool, a_handler_that_cannot_be_made_fails_its_job_and_the_next_tries_again) {
  std::atomic<int> tries{0};
  braid::worker_pool pool(1, braid::per_worker([&] {
                            if (++tries == 1) throw std::runtime_error("no connection");
                            return [](int n) { return n; };
                          }));
  EXPECT_THROW(pool.call(1), std::runtime_error);
  EXPECT_EQ(pool.call(2), 2);
}

TEST(worker_pool, paused_starts_nothing_until_it_is_resumed) {
  std::atomic<int> started{0};
  braid::worker_pool pool(2, [&](int n) { return ++started, n; });
  pool.pause();
  auto a = pool.submit(1).get();
  auto b = pool.submit(2).get();
  EXPECT_THROW(braid::within(2ms, a).get(), braid::timed_out);
  EXPECT_EQ(started, 0);
  pool.resume();
  EXPECT_EQ(a.get() + b.get(), 3);
}

TEST(worker_pool, can_be_resized_while_it_works) {
  gate g;
  std::atomic<int> now{0}, most{0};
  braid::worker_pool pool(1, [&](int n) {
    most = std::max(most.load(), ++now);
    g.stand();
    --now;
    return n;
  });
  std::vector<braid::future<int>> all;
  for (int n = 0; n < 40; ++n) all.push_back(pool.submit(n).get());
  g.wait_for(1);
  pool.resize(5);
  g.wait_for(5);
  pool.resize(2);
  EXPECT_EQ(pool.stats().running, 5u);
  g.open = true;
  for (int n = 0; n < 40; ++n) EXPECT_EQ(all[n].get(), n);
  EXPECT_EQ(most, 5);
}

// --- nested use ---

template<class Pool>
void expect_sum_of_tree(Pool& pool, int depth, long expected) {
  EXPECT_EQ(pool.call(depth), expected);
}

TEST(worker_pool, a_job_may_wait_for_jobs_that_it_submits_to_its_own_pool) {
  for (const int width : {1, 2}) {
    braid::worker_pool<int, long>* self = nullptr;
    braid::worker_pool<int, long> pool(width,
                                       [&](int depth) -> long {
                                         if (depth == 0) return 1;
                                         auto a = self->submit(depth - 1).get();
                                         auto b = self->submit(depth - 1).get();
                                         return a.get() + b.get();
                                       },
                                       {.queue = 1});
    self = &pool;
    expect_sum_of_tree(pool, 7, 128);
  }
}

braid::task<long> tree(braid::worker_pool<int, long>** self, int depth) {
  if (depth == 0) co_return 1;
  auto first = (*self)->submit(depth - 1);
  auto a = co_await first;
  auto second = (*self)->submit(depth - 1);
  auto b = co_await second;
  const long left = co_await a;
  const long right = co_await b;
  co_return left + right;
}

TEST(worker_pool, a_coroutine_may_wait_for_jobs_that_it_submits_to_its_own_pool) {
  braid::worker_pool<int, long>* self = nullptr;
  braid::worker_pool<int, long> pool(1, [&](int depth) { return tree(&self, depth); }, {.queue = 1});
  self = &pool;
  expect_sum_of_tree(pool, 7, 128);
}

TEST(worker_pool, a_coroutine_of_a_batch_may_wait_for_jobs_that_it_submits_to_its_own_pool) {
  braid::worker_pool<int, long>* self = nullptr;
  braid::worker_pool<int, long> pool(1, [&](int depth) { return tree(&self, depth); }, {.queue = 1});
  self = &pool;
  EXPECT_EQ(pool.run(std::vector<int>(3, 5)), std::vector<long>(3, 32));
}

TEST(worker_pool, a_job_may_wait_for_the_first_of_several_of_its_own_pool) {
  for (const int width : {1, 2}) {
    braid::worker_pool<int, int>* self = nullptr;
    std::atomic<int> now{0};
    std::atomic<bool> too_many{false};
    braid::worker_pool<int, int> pool(width, [&](int n) {
      if (n < 10) {
        if (++now > width) too_many = true;
        std::this_thread::yield();
        --now;
        return n;
      }
      std::vector<braid::future<int>> some;
      for (int i = 0; i < 4; ++i) some.push_back(self->submit(i).get());
      int sum = 0;
      for (int i = 0; i < 2; ++i) {
        static_cast<void>(braid::select(some[2 * i], some[2 * i + 1]).get());
        sum += some[2 * i].get() + some[2 * i + 1].get();
      }
      return sum;
    });
    self = &pool;
    EXPECT_EQ(pool.run(std::vector<int>(200, 10)), std::vector<int>(200, 6));
    EXPECT_FALSE(too_many);
  }
}

TEST(worker_pool, what_it_was_given_goes_with_it_and_not_with_the_last_future) {
  auto counted = std::make_shared<int>(1);
  std::optional<braid::future<int>> kept;
  {
    braid::worker_pool pool(1, [counted](int n) { return n + *counted; });
    kept.emplace(pool.submit(1).get());
    EXPECT_EQ(kept->get(), 2);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(worker_pool, may_end_in_a_task_whose_context_is_cancelled) {
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  braid::task_group group(ctx);
  std::atomic<bool> ended{false};
  group.spawn([&, stop = cancel] {
    braid::worker_pool pool(2, [](int n) { return n; });
    EXPECT_EQ(pool.call(1), 1);
    stop("too late");
    ended = true;
  });
  group.join().get();
  EXPECT_TRUE(ended);
}

TEST(worker_pool, a_job_may_run_a_batch_on_its_own_pool) {
  braid::worker_pool<int, int>* self = nullptr;
  braid::worker_pool<int, int> pool(2, [&](int n) {
    if (n < 100) return n;
    const std::vector<int> parts = self->run(std::vector<int>{1, 2, n - 100, 4});
    return std::accumulate(parts.begin(), parts.end(), 0);
  });
  self = &pool;
  const std::vector<int> sums = pool.run(std::vector<int>(20, 150));
  EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), 0), 20 * 57);
}

TEST(worker_pool, many_threads_may_submit_and_every_job_is_done_once) {
  std::vector<std::atomic<int>> times(4000);
  braid::worker_pool pool(3, [&](int n) { return ++times[n], n; }, {.queue = 5});
  std::vector<std::thread> clients;
  for (int t = 0; t < 4; ++t)
    clients.emplace_back([&, t] {
      long sum = 0, expected = 0;
      for (int n = t * 1000; n < (t + 1) * 1000; ++n) {
        sum += pool.call(n);
        expected += n;
      }
      EXPECT_EQ(sum, expected);
    });
  for (auto& one : clients) one.join();
  for (const auto& one : times) EXPECT_EQ(one, 1);
}

TEST(worker_pool, does_a_job_whose_submit_goes_once_it_was_accepted) {
  std::atomic<int> ran{0};
  braid::worker_pool pool(1, [&](int n) { return ran += n; });
  {
    auto accepted = pool.submit(3);
    ASSERT_TRUE(braid::detail::poll_once(accepted));  // its future is never made
  }
  pool.drain().get();
  EXPECT_EQ(ran, 3);
}

}  // namespace
