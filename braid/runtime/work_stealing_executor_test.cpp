#include "braid/runtime/work_stealing_executor.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <vector>

namespace {

constexpr auto fresh = braid::detail::arrival::fresh;

/// Calls back, then counts itself out.
class job final : public braid::detail::runnable {
 public:
  template<class F>
  job(std::atomic<int>& left, F f) : left_(left), call_(std::move(f)) {}
  void run() noexcept override {
    call_();
    if (left_.fetch_sub(1) == 1) left_.notify_all();
  }

 private:
  std::atomic<int>& left_;
  const std::function<void()> call_;
};

void wait_for(const std::atomic<int>& left) {
  while (left != 0) std::this_thread::yield();
}

}  // namespace

TEST(work_stealing_executor, runs_what_is_ready_on_its_own_threads) {
  std::atomic<int> left{1};
  std::thread::id ran_on;
  braid::work_stealing_executor pool(1);
  job one(left, [&] { ran_on = std::this_thread::get_id(); });
  pool.ready(one, fresh);
  wait_for(left);
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(work_stealing_executor, each_of_many_runs_once) {
  for (const std::size_t workers : {1u, 2u, 8u}) {
    std::atomic<int> left{10'000};
    std::vector<std::atomic<int>> runs(10'000);
    std::vector<std::unique_ptr<job>> jobs;
    braid::work_stealing_executor pool(workers);
    for (auto& r : runs) jobs.push_back(std::make_unique<job>(left, [&r] { ++r; }));
    for (const auto& j : jobs) pool.ready(*j, fresh);
    wait_for(left);
    EXPECT_TRUE(std::all_of(runs.begin(), runs.end(), [](const auto& r) { return r == 1; }));
  }
}

TEST(work_stealing_executor, two_workers_run_two_things_at_once) {
  std::atomic<int> left{2}, inside{0};
  const auto meet = [&] {
    ++inside;
    while (inside < 2) std::this_thread::yield();
  };
  braid::work_stealing_executor pool(2);
  job a(left, meet), b(left, meet);
  pool.ready(a, fresh);
  pool.ready(b, fresh);
  wait_for(left);
  EXPECT_EQ(inside, 2);
}

TEST(work_stealing_executor, a_worker_knows_its_executor_and_other_threads_have_none) {
  std::atomic<int> left{1};
  braid::executor* seen = nullptr;
  braid::work_stealing_executor pool(1);
  job one(left, [&] { seen = braid::detail::worker_of(); });
  pool.ready(one, fresh);
  wait_for(left);
  EXPECT_EQ(seen, &pool);
  EXPECT_EQ(braid::detail::worker_of(), nullptr);
}

TEST(work_stealing_executor, its_workers_receive_no_signals) {
  std::atomic<int> left{1};
  sigset_t blocked;
  braid::work_stealing_executor pool(1);
  job one(left, [&] { pthread_sigmask(SIG_SETMASK, nullptr, &blocked); });
  pool.ready(one, fresh);
  wait_for(left);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) EXPECT_TRUE(sigismember(&blocked, signal)) << signal;
}
