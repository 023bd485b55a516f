// Tests of the part of a report of stalled waits that describes a pool.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <mutex>
#include <thread>

#include "braid/inspect/stall_report.hpp"
#include "braid/pool/gate_test.hpp"
#include "braid/pool/worker_pool.hpp"

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The report as soon as it says `what`, or what it is after a minute.
std::string stalls_with(const std::string& what) {
  const auto until = std::chrono::steady_clock::now() + 60s;
  std::string text;
  do {
    text = braid::stalled_waits(0s);
    if (text.find(what) != std::string::npos) return text;
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < until);
  return text;
}

// The mistake: the jobs wait outside braid, here for a lock that the waiting thread itself holds.
TEST(pool_report, of_a_job_that_waits_for_a_lock_of_its_submitter_says_that_all_workers_run_jobs) {
  braid::record_waits();
  std::mutex held;
  braid::worker_pool<int, void> pool(2, [&](int) { std::lock_guard lock(held); }, {.name = "resize"});
  std::unique_lock lock(held);
  auto first = pool.submit(1).get(), second = pool.submit(2).get(), third = pool.submit(3).get();
  std::thread waits([&] { third.get(); });
  EXPECT_THAT(stalls_with("2 jobs run on 2 workers"),
              AllOf(HasSubstr("in a pool's job"),
                    HasSubstr("worker pool 'resize': 2 jobs run on 2 workers, 0 of them wait for the pool itself; "
                              "1 submitted job is queued\n")));
  lock.unlock();
  waits.join();
  pool.drain().get();
}

TEST(pool_report, of_a_submit_to_a_full_pool_and_of_its_drain_says_what_the_workers_do) {
  braid::record_waits();
  gate before;
  braid::worker_pool<int, void> pool(1, [&](int) { before.stand(); }, {.queue = 1, .name = "narrow"});
  auto first = pool.submit(1).get(), second = pool.submit(2).get();
  before.wait_for(1);
  std::thread submits([&] { static_cast<void>(pool.call(3)); });
  std::thread idles([&] { pool.wait_idle().get(); });
  EXPECT_THAT(stalls_with("submit to worker pool 'narrow'"), HasSubstr("1 job runs on 1 worker, "));
  EXPECT_THAT(stalls_with("wait_idle() of worker pool 'narrow'"), HasSubstr("1 submitted job is queued"));
  before.open = true;
  submits.join();
  idles.join();
  EXPECT_THAT(braid::stalled_waits(0s), Not(HasSubstr("pool 'narrow'")));
}

TEST(pool_report, leaves_out_workers_without_work_and_names_a_paused_pool) {
  braid::record_waits();
  braid::worker_pool<int, void> pool(2, [](int) {}, {.name = "paused"});
  pool.run(std::array{1, 2, 3, 4});
  EXPECT_THAT(braid::stalled_waits(0s), Not(HasSubstr("pool 'paused'")));
  pool.pause();
  std::thread runs([&] { pool.run(std::array{5}); });
  EXPECT_THAT(stalls_with("pool 'paused'"), HasSubstr("; it is paused\n"));
  pool.resume();
  runs.join();
}

}  // namespace
