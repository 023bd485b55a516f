#include "braid/pool/pool_idle.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "braid/pool/gate_test.hpp"
#include "braid/pool/worker_pool.hpp"

namespace {

using namespace std::chrono_literals;

TEST(pool_idle, a_pool_without_jobs_is_idle_and_stays_open) {
  braid::worker_pool pool(2, [](int n) { return n; });
  for (int round = 0; round < 3; ++round) {
    pool.wait_idle().get();
    EXPECT_EQ(pool.call(round), round);
  }
}

TEST(pool_idle, waits_for_what_runs_and_for_what_is_queued) {
  gate g;
  std::atomic<int> ended{0};
  braid::worker_pool pool(1, [&](int) { g.stand(), ++ended; });
  std::vector<braid::future<void>> all;
  for (int n = 0; n < 3; ++n) all.push_back(pool.submit(n).get());
  g.wait_for(1);
  auto idle = pool.wait_idle();
  EXPECT_EQ(braid::try_select(idle), braid::detail::no_case);
  EXPECT_THROW(braid::within(1ms, idle).get(), braid::timed_out);
  g.open = true;
  idle.get();
  EXPECT_EQ(ended, 3);
  pool.call(1);
}

TEST(pool_idle, waits_for_the_jobs_that_jobs_submit) {
  for (int round = 0; round < 50; ++round) {
    braid::worker_pool<int, void>* self = nullptr;
    std::atomic<int> ended{0};
    braid::worker_pool<int, void> pool(2, [&](int depth) {
      for (int i = 0; i < 2 && depth > 0; ++i) self->post(depth - 1);
      ++ended;
    });
    self = &pool;
    pool.post(5);
    pool.wait_idle().get();
    EXPECT_EQ(ended, 63);
  }
}

TEST(pool_idle, waits_for_the_jobs_of_a_stream) {
  std::atomic<int> ran{0};
  braid::worker_pool pool(2, [&](int n) { return ++ran, n; });
  auto results = pool.stream(std::vector<int>(10));
  auto first = results.begin();
  EXPECT_TRUE((*first).outcome);
  pool.wait_idle().get();
  EXPECT_EQ(ran, 10);
}

TEST(pool_idle, a_job_waits_for_all_the_others) {
  braid::worker_pool<int, int>* self = nullptr;
  std::atomic<int> ended{0};
  braid::worker_pool<int, int> pool(1, [&](int n) {
    if (n == 0) self->wait_idle().get();
    return n == 0 ? ended.load() : ++ended;
  });
  self = &pool;
  pool.pause();
  auto waits = pool.submit(0).get();
  std::vector<braid::future<int>> others;
  for (int n = 1; n <= 5; ++n) others.push_back(pool.submit(n).get());
  pool.resume();
  EXPECT_EQ(waits.get(), 5);
}

TEST(pool_idle, jobs_that_both_wait_in_it_do_not_wait_for_each_other_and_the_end_waits_for_both) {
  for (int round = 0; round < 50; ++round) {
    braid::worker_pool<int, int>* self = nullptr;
    std::atomic<int> ended{0};
    braid::worker_pool<int, int> pool(2, [&](int n) {
      if (n < 2) self->wait_idle().get();
      if (n == 2) self->drain().get();
      return ++ended;
    });
    self = &pool;
    pool.pause();
    std::vector<braid::future<int>> all;
    for (int n = 0; n < 3; ++n) all.push_back(pool.submit(n).get());
    pool.resume();
    EXPECT_EQ(all[2].get(), 3) << "drain() inside a job returned before the other jobs";
    EXPECT_LE(all[0].get() + all[1].get(), 3);
  }
}

TEST(pool_idle, a_paused_pool_that_has_jobs_is_not_idle) {
  braid::worker_pool pool(1, [](int n) { return n; });
  pool.pause();
  pool.wait_idle().get();
  auto job = pool.submit(1).get();
  auto idle = pool.wait_idle();
  EXPECT_THROW(braid::within(1ms, idle).get(), braid::timed_out);
  pool.resume();
  pool.wait_idle().get();
  EXPECT_TRUE(job.has_value());
}

TEST(pool_idle, threads_that_submit_and_wait_each_see_their_own_jobs_done) {
  std::atomic<int> ended{0};
  braid::worker_pool pool(2, [&](std::atomic<int>* mine) { ++*mine, ++ended; }, {.queue = 3});
  std::vector<std::thread> clients;
  for (int t = 0; t < 3; ++t)
    clients.emplace_back([&] {
      std::atomic<int> mine{0};
      for (int round = 1; round <= 100; ++round) {
        pool.post(&mine);
        pool.post(&mine);
        if (round % 10 == 0) {
          pool.wait_idle().get();
          EXPECT_EQ(mine, 2 * round);
        }
      }
    });
  for (auto& one : clients) one.join();
  EXPECT_EQ(ended, 600);
}

braid::task<int> wait_in_task(braid::worker_pool<int, int>* pool) {
  auto idle = pool->wait_idle();
  co_await idle;
  co_return 7;
}

TEST(pool_idle, is_an_operation_for_coroutines_too) {
  braid::worker_pool<int, int>* self = nullptr;
  braid::worker_pool<int, int> pool(1, [&](int n) -> braid::task<int> {
    if (n == 0) return wait_in_task(self);
    return [](int value) -> braid::task<int> { co_return value; }(n);
  });
  self = &pool;
  auto waits = pool.submit(0).get();
  EXPECT_EQ(pool.call(1), 1);
  EXPECT_EQ(waits.get(), 7);
  EXPECT_EQ(wait_in_task(&pool).get(), 7);
}

}  // namespace
