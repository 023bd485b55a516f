// Jobs that wait for their own pool: for jobs and batches that they give it, on any number of workers.
#include <mutex>
#include <numeric>
#include <ranges>
#include <vector>

#include "braid/sync/semaphore.hpp"
#include "torture/pool_book.hpp"
#include "torture/torture.hpp"

namespace {

class pool_nesting : public torture::on_workers {
 protected:
  int width() const { return static_cast<int>(workers()); }
};
INSTANTIATE_TEST_SUITE_P(workers, pool_nesting, testing::Values(1u, 2u, 8u));

// panjf2000/ants#197 for a pool, three batches deep.
TEST_P(pool_nesting, jobs_run_batches_on_their_own_pool_whose_jobs_run_batches) {
  braid::worker_pool<int, long>* self = nullptr;
  braid::worker_pool<int, long> pool(ctx_, width(), [&](int depth) -> long {
    if (depth == 0) return 1;
    const std::vector<long> parts = self->run(std::vector<int>(3, depth - 1));
    return std::accumulate(parts.begin(), parts.end(), 0L);
  });
  self = &pool;
  EXPECT_EQ(pool.run(std::vector<int>(4, 4)), std::vector<long>(4, 81));
  EXPECT_EQ(pool.stats().succeeded, 4u * (1 + 3 + 9 + 27 + 81));
}

/// As a coroutine.
braid::task<long> batches(braid::worker_pool<int, long>** self, int depth) {
  if (depth == 0) co_return 1;
  auto parts = (*self)->stream(std::views::iota(0, 3) | std::views::transform([depth](int) { return depth - 1; }));
  auto outcomes = co_await parts.into(braid::collect());
  long sum = 0;
  for (auto& one : outcomes) sum += one.outcome.value();
  co_return sum;
}

TEST_P(pool_nesting, coroutines_run_streams_through_their_own_pool_whose_jobs_run_streams) {
  braid::worker_pool<int, long>* self = nullptr;
  braid::worker_pool<int, long> pool(ctx_, width(), [&](int depth) { return batches(&self, depth); });
  self = &pool;
  EXPECT_EQ(pool.run(std::vector<int>(4, 4)), std::vector<long>(4, 81));
  EXPECT_EQ(pool.stats().succeeded, 4u * (1 + 3 + 9 + 27 + 81));
}

// A job's own submits do not wait for room: those that it could wait for wait for it.
TEST_P(pool_nesting, jobs_that_submit_to_their_own_full_pool_and_go_on_end) {
  torture::pool_book book;
  std::mutex mutex;
  std::vector<braid::future<void>> later;
  braid::worker_pool<int, void>* self = nullptr;
  braid::worker_pool<int, void> pool(ctx_, width(),
                                     [&](int depth) {
                                       const torture::pool_book::visit here(book);
                                       for (int i = 0; i < 3 && depth > 0; ++i) {
                                         auto child = book.offer(*self, depth - 1);
                                         const std::lock_guard guard(mutex);
                                         later.push_back(std::move(*child));
                                       }
                                     },
                                     {.queue = 1});
  self = &pool;
  for (int i = 0; i < 3; ++i) {
    auto root = book.offer(pool, 4);
    book.ask(root);
  }
  for (std::size_t i = 0; i < 3 * (3 + 9 + 27 + 81); ++i) {
    const auto is_there = [&] {
      const std::lock_guard guard(mutex);
      return later.size() > i;
    };
    while (!is_there()) std::this_thread::yield();
    mutex.lock();
    braid::future<void> one = std::move(later[i]);
    mutex.unlock();
    book.ask(one);
  }
  pool.drain().get();
  EXPECT_EQ(book.values, 3u * 121);
  book.expect_settled(pool.stats());
}

braid::task<int> echo_of_own_job(braid::worker_pool<int, int>** self, int n) {
  if (n < 100) co_return n;
  auto submit = (*self)->submit(n - 100);
  auto child = co_await submit;
  const int echo = co_await child;
  co_return echo + 1;
}

TEST_P(pool_nesting, every_worker_waits_for_a_job_that_it_has_just_submitted) {
  const auto expect_echoes = [&](auto handler) {
    braid::worker_pool<int, int>* self = nullptr;
    braid::worker_pool<int, int> pool(ctx_, width(), [&](int n) { return handler(&self, n); }, {.queue = 2});
    self = &pool;
    int next = 1;
    for (const int echo : pool.run(std::views::iota(100, 200))) EXPECT_EQ(echo, next++);
  };
  expect_echoes(echo_of_own_job);
  expect_echoes([](braid::worker_pool<int, int>** self, int n) { return n < 100 ? n : (*self)->call(n - 100) + 1; });
}

TEST_P(pool_nesting, two_long_chains_of_jobs_each_of_which_waits_for_the_next_end) {
  braid::worker_pool<int, int>* self = nullptr;
  braid::worker_pool<int, int> pool(ctx_, width(), [&](int n) {
    return n == 0 ? 1 : self->call(n - 1) + 1;  // a chain: as many wait as it is long
  });
  self = &pool;
  auto a = pool.submit(60).get();
  auto b = pool.submit(60).get();
  EXPECT_EQ(a.get() + b.get(), 2 * 61);
}

// --- a job that holds what the jobs beside it want ---

constexpr int inner_job = -1;

/// 20 jobs, each of which waits with the lock in its hand: on any number of workers the others wait for the lock.
template<class Wait>
void expect_done_under_a_lock(const braid::context& ctx, int width, braid::pool_options options, Wait wait) {
  std::mutex mutex;
  std::atomic<int> ran{0};
  braid::worker_pool<int, int>* self = nullptr;
  braid::worker_pool<int, int> pool(
      ctx, width,
      [&](int n) {
        ++ran;
        if (n <= inner_job) return n;
        const std::lock_guard lock(mutex);
        wait(*self);
        return n;
      },
      std::move(options));
  self = &pool;
  const std::vector<int> outer = pool.run(std::vector<int>(20, 1));
  EXPECT_EQ(outer, std::vector<int>(20, 1));
  EXPECT_GT(ran, 20);
}

TEST_P(pool_nesting, a_job_that_holds_a_lock_may_wait_for_a_job_of_its_own_pool) {
  expect_done_under_a_lock(ctx_, width(), {}, [](auto& pool) { EXPECT_EQ(pool.call(inner_job), inner_job); });
}

TEST_P(pool_nesting, a_job_that_holds_a_lock_may_run_a_batch_on_its_own_pool) {
  expect_done_under_a_lock(ctx_, width(), {}, [](auto& pool) {
    EXPECT_EQ(pool.run(std::vector<int>(5, inner_job)), std::vector<int>(5, inner_job));
  });
}

TEST_P(pool_nesting, a_job_that_holds_a_lock_may_read_a_stream_through_its_own_pool) {
  expect_done_under_a_lock(ctx_, width(), {}, [](auto& pool) {
    for (const auto& one : pool.stream(std::vector<int>(9, inner_job), braid::ordered)) EXPECT_TRUE(one.outcome);
  });
}

TEST_P(pool_nesting, a_job_that_holds_a_lock_may_wait_for_the_first_of_several) {
  expect_done_under_a_lock(ctx_, width(), {.queue = 2}, [](auto& pool) {
    auto a = pool.submit(inner_job).get();
    auto b = pool.submit(inner_job - 1).get();
    auto c = pool.submit(inner_job - 2).get();
    static_cast<void>(braid::select(c, b, a).get());
    EXPECT_EQ(a.get() + b.get() + c.get(), 3 * inner_job - 3);
  });
}

TEST_P(pool_nesting, a_job_that_holds_a_lock_may_wait_for_one_behind_others_of_a_greater_priority) {
  std::mutex mutex;
  braid::worker_pool<int, int>* self = nullptr;
  braid::worker_pool<int, int> pool(ctx_, width(),
                                    [&](int n) {
                                      if (n <= inner_job) return n;
                                      const std::lock_guard lock(mutex);
                                      return self->call(inner_job, -5) + n;
                                    },
                                    {.queue = 100, .priorities = true});
  self = &pool;
  std::vector<braid::future<int>> all;
  for (int n = 0; n < 40; ++n) all.push_back(pool.submit(n, n % 7).get());
  for (int n = 0; n < 40; ++n) EXPECT_EQ(all[static_cast<std::size_t>(n)].get(), n + inner_job);
}

TEST_P(pool_nesting, a_job_that_holds_a_lock_may_wait_for_one_of_a_key_behind_others_of_it) {
  std::mutex mutex;
  std::vector<int> order;
  struct keyed {
    int key, n;
  };
  braid::worker_pool<keyed, int>* self = nullptr;
  braid::worker_pool<keyed, int> pool(ctx_, width(), braid::by_key(&keyed::key),
                                      [&](const keyed& job) {
                                        if (job.key == 0) return order.push_back(job.n), job.n;
                                        const std::lock_guard lock(mutex);
                                        self->post({0, 2 * job.n});
                                        return self->call({0, 2 * job.n + 1});
                                      },
                                      {.queue = 100});
  self = &pool;
  std::vector<braid::future<int>> all;
  for (int n = 0; n < 30; ++n) all.push_back(pool.submit({n + 1, n}).get());
  for (int n = 0; n < 30; ++n) EXPECT_EQ(all[static_cast<std::size_t>(n)].get(), 2 * n + 1);
  ASSERT_EQ(order.size(), 60u);
  for (std::size_t i = 0; i < order.size(); i += 2) EXPECT_EQ(order[i] + 1, order[i + 1]) << "out of a key's order";
}

/// The same as a coroutine: the permit is a lock for tasks.
braid::task<int> wait_with_permit(braid::worker_pool<int, int>** self, braid::semaphore* lock, int n) {
  if (n <= inner_job) co_return n;
  auto acquire = lock->acquire();
  const braid::permit held = co_await acquire;
  auto submit = (*self)->submit(inner_job);
  auto child = co_await submit;
  const int got = co_await child;
  co_return n + got;
}

TEST_P(pool_nesting, a_coroutine_that_holds_a_permit_may_wait_for_a_job_of_its_own_pool) {
  braid::semaphore lock(1);
  braid::worker_pool<int, int>* self = nullptr;
  braid::worker_pool<int, int> pool(ctx_, width(), [&](int n) { return wait_with_permit(&self, &lock, n); });
  self = &pool;
  EXPECT_EQ(pool.run(std::vector<int>(20, 1)), std::vector<int>(20, 1 + inner_job));
}

}  // namespace
