// Each job that a pool has received from a channel reaches the reader of its result, or is accounted for at the channel
// (docs/streams.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/pool/worker_pool.hpp"
#include "braid/sync/task_group.hpp"

namespace {

using pool_type = braid::worker_pool<int, int>;
using result_type = braid::job_result<int, int>;

/// A channel of jobs, and what becomes of those that do not reach the reader of their results.
struct accounted_jobs {
  std::vector<int> back;  ///< By the end of the pool or of the stream: its hook runs on their threads.
  braid::channel<int> jobs{braid::unbounded, {.on_drop = [this](int&& n) { back.push_back(n); }}};
};

TEST(attach, the_end_of_the_pool_gives_jobs_that_were_received_and_not_started_to_their_channel) {
  accounted_jobs a;
  const braid::channel<result_type> results(0);
  {
    pool_type pool(1, [](const braid::context& ctx, int n) {
      auto end = ctx.done();
      end.get();
      return n;
    });
    static_cast<void>(pool.attach(a.jobs.rx, results.tx));
    for (int n = 0; n < 3; ++n) ASSERT_TRUE(a.jobs.tx.send(n).get());
    while (pool.stats().accepted < 2 || pool.stats().running < 1) std::this_thread::yield();
  }
  EXPECT_EQ(std::ranges::count(a.back, 1), 1);  // 0 was the handler's
  EXPECT_EQ(a.back.size() + a.jobs.tx.dropped() + a.jobs.rx.close().size(), 3u);
}

TEST(attach, each_job_of_an_attached_channel_is_in_one_place_after_the_end_of_the_pool) {
  for (std::uint64_t round = 0; round < 100; ++round) {
    accounted_jobs a;
    braid::channel<result_type> results(braid::unbounded);
    std::thread sender;
    {
      pool_type pool(2, [](int n) { return n; });
      static_cast<void>(pool.attach(a.jobs.rx, std::move(results.tx)));
      sender = std::thread([&] {
        for (int n = 0; n < 200; ++n) EXPECT_TRUE(a.jobs.tx.send(n).get());
      });
      while (pool.stats().accepted < round) std::this_thread::yield();
    }
    sender.join();
    std::size_t seen = 0;
    while (results.rx.recv().get()) ++seen;
    EXPECT_EQ(seen + a.back.size() + a.jobs.tx.dropped() + a.jobs.rx.close().size(), 200u);
  }
}

braid::task<> feed(braid::stream<result_type> s, std::function<void()> at_first) {
  auto all = s.into(braid::for_each([&](const result_type&) {
    if (at_first) std::exchange(at_first, nullptr)();
  }));
  co_await all;
}
TEST(attach, jobs_of_a_cancelled_stream_that_a_worker_drops_go_to_their_channel) {
  accounted_jobs a;
  std::atomic<bool> open{false}, begun{false};
  pool_type pool(1, [&](int n) {
    for (begun = n > 0; n > 0 && !open;) std::this_thread::yield();
    return n;
  });
  for (int n = 0; n < 5; ++n) ASSERT_TRUE(a.jobs.tx.send(n).get());
  braid::task_group group;
  const auto cancel_and_wait = [&] {  // the stream itself takes nothing back before the workers have dropped all
    while (!begun) std::this_thread::yield();
    group.cancel();
    open = true;
    while (pool.stats().dropped < 3) std::this_thread::yield();
  };
  group.spawn(feed, braid::from(a.jobs.rx) | braid::through(pool, braid::slack(8)), cancel_and_wait);
  group.join().get();
  EXPECT_EQ(a.back, (std::vector{2, 3, 4}));
  EXPECT_EQ(a.jobs.tx.dropped(), 1u);
}

}  // namespace
