#include "braid/runtime/thread_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <deque>
#include <functional>
#include <thread>

namespace {

struct cached_job final : braid::detail::runnable {
  explicit cached_job(std::function<void()> f) : call(std::move(f)) {}
  void run() noexcept override {
    call();
    done = true;
  }
  std::function<void()> call;
  std::atomic<bool> done{false};
};

void wait_for(const cached_job& j) {
  while (!j.done) std::this_thread::yield();
}

TEST(thread_cache, runs_everything_at_the_same_time) {
  std::barrier all_in(40);
  std::deque<cached_job> jobs;
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(braid::detail::thread_cache::run(jobs.emplace_back([&] { all_in.arrive_and_wait(); })));
  }
  for (const cached_job& j : jobs) wait_for(j);
}

TEST(thread_cache, uses_a_thread_again) {
  std::thread::id seen[2];
  bool again = false;
  for (int round = 0; round < 1000 && !again; ++round) {  // the first thread may not be back yet
    for (std::thread::id& id : seen) {
      cached_job j([&id] { id = std::this_thread::get_id(); });
      ASSERT_TRUE(braid::detail::thread_cache::run(j));
      wait_for(j);
    }
    again = seen[0] == seen[1];
  }
  EXPECT_TRUE(again);
}

}  // namespace
