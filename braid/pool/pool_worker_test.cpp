#include "braid/pool/pool_worker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "braid/pool/gate_test.hpp"
#include "braid/pool/worker_pool.hpp"
#include "braid/sync/within.hpp"

namespace {

std::vector<int> upto(int n) {
  std::vector<int> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// Runs each submitted job on the thread of its caller.
template<class F>
struct by_its_caller {
  explicit by_its_caller(F f) : job(std::move(f)) { g.wait_for(1); }
  ~by_its_caller() { g.open = true; }
  F job;
  gate g{};
  braid::worker_pool<int, int> pool{1,
                                    [this](int n) { return n == 0 ? (g.stand(), 0) : job(n); },
                                    {.queue = 0, .when_full = braid::when_full::caller_runs}};
  braid::future<int> busy = pool.submit(0).get();
};

TEST(pool_worker, that_runs_a_job_of_another_pool_meanwhile_lends_its_place_in_its_own) {
  braid::worker_pool<int, int>* own = nullptr;
  by_its_caller other([&](int n) {
    auto next = own->submit(n + 10).get();
    return braid::within(std::chrono::seconds(20), next).get();
  });
  braid::worker_pool<int, int> pool(1, [&](int n) { return n < 10 ? other.pool.call(n) : n; });
  own = &pool;
  EXPECT_EQ(pool.call(1), 11);
}

TEST(pool_worker, may_end_its_own_pool_in_a_job_of_another_one) {
  std::unique_ptr<braid::worker_pool<int, int>> owner;
  by_its_caller other([&](int n) { return owner.reset(), n; });
  owner = std::make_unique<braid::worker_pool<int, int>>(1, [&](int n) {
    auto done = other.pool.submit(n).get();
    return done.result();  // no wait: its context has ended with its pool
  });
  auto result = owner->submit(7).get();
  EXPECT_EQ(result.get(), 7);
}

TEST(pool_guest, who_runs_a_batch_does_its_jobs) {
  braid::worker_pool pool(1, [](int) { return std::this_thread::get_id(); });
  int done_here = 0;
  for (int round = 0; round < 1000; ++round)
    done_here += pool.run(std::vector{1}).front() == std::this_thread::get_id();
  EXPECT_GT(done_here, 0) << "the first worker may have been quicker, but not always";
}

TEST(pool_guest, workers_do_the_jobs_behind_one_that_holds_the_guest_up) {
  std::latch others(3);
  braid::worker_pool pool(2, [&](int n) {
    n == 0 ? others.wait() : others.count_down();
    return n;
  });
  EXPECT_EQ(pool.run(upto(4)), upto(4));
}

TEST(pool_guest, all_jobs_that_wait_for_each_other_run_at_a_time) {
  std::latch all(8);
  braid::worker_pool pool(8, [&](int n) {
    all.arrive_and_wait();
    return n;
  });
  EXPECT_EQ(pool.run(upto(8)), upto(8));
}

TEST(pool_guest, its_job_may_wait_for_other_jobs_of_the_pool) {
  braid::worker_pool<int, int>* own = nullptr;
  braid::worker_pool<int, int> pool(1, [&](int n) {
    if (n == 0) return 1;
    const int first = own->call(n - 1);
    return first + own->run(std::vector{n - 1}).front();
  });
  own = &pool;
  EXPECT_EQ(pool.run(std::vector{3}), std::vector{8});
}

TEST(pool_guest, its_job_may_wait_for_the_end_of_the_pool) {
  braid::worker_pool<int, int>* own = nullptr;
  braid::worker_pool<int, int> pool(2, [&](int n) {
    if (n == 0) own->drain().get();
    return n;
  });
  own = &pool;
  EXPECT_EQ(pool.run(upto(5)), upto(5));
}

TEST(pool_guest, a_batch_on_a_worker_of_an_executor_is_left_to_the_pool) {
  braid::worker_pool pool(2, [](int) { return std::this_thread::get_id(); });
  braid::task_group group;
  auto ran = group.async(
      [](auto* of) -> braid::task<bool> {
        const auto done = of->run(upto(50));
        co_return std::ranges::count(done, std::this_thread::get_id()) == 0;
      },
      &pool);
  EXPECT_TRUE(ran.get());
  group.join().get();
}

TEST(next_job, a_job_behind_a_long_one_is_done_by_another_worker) {
  braid::worker_pool pool(3, [](std::latch* both) { both->arrive_and_wait(); });
  for (int round = 0; round < 200; ++round) {
    std::latch all(3);
    std::vector<braid::future<void>> three;
    for (int n = 0; n < 3; ++n) three.push_back(pool.submit(&all).get());
    for (auto& one : three) one.get();
  }
}

TEST(next_job, short_jobs_and_long_ones_are_all_done_once) {
  std::atomic<int> waiting = 0;
  braid::worker_pool pool(4, [&](int n) {
    if (n % 1000 == 999) {  // in pairs, after many that take no time
      ++waiting;
      while (waiting % 2 != 0) std::this_thread::yield();
    }
    return n;
  });
  for (int round = 0; round < 5; ++round) {
    std::vector<int> done;
    for (auto& [job, outcome] : pool.stream(upto(10'000))) done.push_back(*outcome);
    std::ranges::sort(done);
    EXPECT_EQ(done, upto(10'000));
  }
}

}  // namespace
