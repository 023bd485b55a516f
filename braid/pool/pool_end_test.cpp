#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <string>
#include <thread>
#include <vector>

#include "braid/flow/scarce_test.hpp"
#include "braid/pool/gate_test.hpp"
#include "braid/pool/worker_pool.hpp"

namespace {

using namespace std::chrono_literals;

TEST(pool_end, drain_ends_what_is_queued) {
  std::atomic<int> done{0};
  braid::worker_pool pool(2, [&](int) { ++done; });
  for (int n = 0; n < 50; ++n) pool.post(n);
  pool.drain().get();
  EXPECT_EQ(done, 50);
  EXPECT_THROW(pool.post(1), braid::pool_closed);
  pool.drain().get();
}

TEST(pool_end, stop_hands_back_what_no_worker_has_begun) {
  gate g;
  braid::worker_pool pool(1, [&](int n) { return g.stand(), n; });
  auto a = pool.submit(1).get();
  g.wait_for(1);
  auto b = pool.submit(2).get();
  auto c = pool.submit(3).get();
  auto end = pool.stop();
  EXPECT_THROW(b.get(), braid::job_dropped);
  g.open = true;
  EXPECT_EQ(end.get(), (std::vector{2, 3}));
  EXPECT_EQ(a.get(), 1);
  EXPECT_THROW(c.get(), braid::job_dropped);
  EXPECT_TRUE(pool.stop().get().empty());
}

TEST(pool_end, stop_and_abort_do_nothing_if_there_is_no_memory_for_what_they_take_back) {
  braid::worker_pool pool(1, [](const scarce& job) { return job.number; });
  pool.pause();
  std::vector<braid::future<int>> results;
  for (int n = 0; n < 3; ++n) results.push_back(pool.submit(scarce{n}).get());
  {
    const scarce::limit two(2);
    EXPECT_THROW(static_cast<void>(pool.stop()), std::bad_alloc);
    EXPECT_THROW(static_cast<void>(pool.abort()), std::bad_alloc);
  }
  EXPECT_EQ(pool.stats().queued, 3u);
  results.push_back(pool.submit(scarce{3}).get());
  EXPECT_EQ(pool.stop().get(), (std::vector<scarce>{{0}, {1}, {2}, {3}}));
  for (auto& each : results) EXPECT_THROW(each.get(), braid::job_dropped);
}

TEST(pool_end, a_job_that_there_is_no_memory_for_is_not_kept_for_stop) {
  braid::detail::kept_jobs<scarce> kept;
  scarce first{1}, second{2};
  {
    const scarce::limit one(1);
    EXPECT_TRUE(kept.keep(first));
    EXPECT_FALSE(kept.keep(second));
    EXPECT_EQ(second.number, 2);
  }
  std::vector<scarce> taken{{0}};
  {
    const scarce::limit one(1);
    EXPECT_THROW(kept.move_to(taken), std::bad_alloc);
  }
  EXPECT_EQ(taken, (std::vector<scarce>{{0}}));
  kept.move_to(taken);
  EXPECT_EQ(taken, (std::vector<scarce>{{0}, {1}}));
}

TEST(pool_end, stop_hands_back_in_order_what_waits_behind_a_key) {
  gate g;
  braid::worker_pool pool(2, braid::by_key([](int) { return 1; }), [&](int n) { return g.stand(), n; });
  std::vector<braid::future<int>> all;
  for (int n = 0; n < 5; ++n) all.push_back(pool.submit(n).get());
  g.wait_for(1);
  auto end = pool.stop();
  g.open = true;
  EXPECT_EQ(end.get(), (std::vector{1, 2, 3, 4}));
}

TEST(pool_end, stop_ends_the_jobs_of_a_stream_and_submitted_ones_with_keys_together) {
  gate g;
  braid::worker_pool pool(2, braid::by_key([](int n) { return n % 2; }), [&](int n) { return g.stand(), n; });
  std::vector<braid::job_result<int, int>> outcomes;
  std::thread streams([&] {
    const std::vector<int> batch(100);
    pool.stream(batch) | braid::collect_into(outcomes);
  });
  g.wait_for(1);
  std::vector<braid::future<int>> all;
  for (int n = 1; n <= 20; ++n) all.push_back(pool.submit(n).get());
  g.wait_for(2);
  auto end = pool.stop();
  g.open = true;
  const std::size_t handed_back = end.get().size();
  streams.join();
  std::size_t ran = 0;
  for (auto& one : all) {
    try {
      one.get(), ++ran;
    } catch (const braid::job_dropped&) {
    }
  }
  EXPECT_EQ(ran + handed_back, 20u);
  EXPECT_EQ(outcomes.size(), 100u);
  const auto was_done = [](const auto& one) { return bool(one.outcome); };
  EXPECT_EQ(std::count_if(outcomes.begin(), outcomes.end(), was_done) + static_cast<int>(ran), 2);
}

TEST(pool_end, abort_cancels_what_runs) {
  std::atomic<int> waiting{0};
  braid::worker_pool pool(2, [&](const braid::context& ctx, int n) {
    ++waiting;
    auto end = ctx.done();
    end.get();
    return n;
  });
  auto a = pool.submit(1).get();
  while (waiting < 1) std::this_thread::yield();
  EXPECT_TRUE(pool.abort("enough").get().empty());
  EXPECT_THROW(a.get(), braid::cancelled);
}

TEST(pool_end, may_be_stopped_from_inside_a_job) {
  braid::worker_pool<int, std::size_t>* self = nullptr;
  gate g;
  braid::worker_pool<int, std::size_t> pool(2, [&](int n) -> std::size_t {
    if (n == 1) return g.stand(), 0;
    g.wait_for(1);
    auto end = self->stop();
    g.open = true;
    return end.get().size();
  });
  self = &pool;
  auto a = pool.submit(1).get();
  g.wait_for(1);
  pool.pause();
  auto b = pool.submit(2).get();
  auto c = pool.submit(3).get();
  pool.resume();
  EXPECT_EQ(b.get(), 1u);
  EXPECT_EQ(a.get(), 0u);
  EXPECT_THROW(c.get(), braid::job_dropped);
}

TEST(pool_end, two_jobs_may_both_stop_it) {
  braid::worker_pool<int, int>* self = nullptr;
  std::barrier both(2);
  braid::worker_pool<int, int> pool(2, [&](int n) {
    both.arrive_and_wait();
    static_cast<void>(self->stop().get());
    return n;
  });
  self = &pool;
  auto a = pool.submit(1).get();
  auto b = pool.submit(2).get();
  EXPECT_EQ(a.get() + b.get(), 3);
}

TEST(pool_end, a_cancelled_job_is_not_run) {
  gate g;
  std::atomic<int> ran{0};
  braid::worker_pool pool(1, [&](int n) { return g.stand(), ++ran, n; });
  auto a = pool.submit(1).get();
  g.wait_for(1);
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  auto b = pool.submit(ctx, 2).get();
  cancel("not wanted");
  g.open = true;
  EXPECT_THROW(b.get(), braid::cancelled);
  EXPECT_EQ(a.get(), 1);
  EXPECT_EQ(ran, 1);
}

template<class Handler>
void expect_dropped_by_context(Handler handler, std::atomic<int>& ran, braid::cancellable& parent) {
  std::atomic<int> told{0};
  braid::worker_pool<int, int> pool(parent.ctx, 1, handler,
                                    {.queue = 100, .on_job_end = [&](const std::exception_ptr&) { ++told; }});
  pool.pause();
  std::vector<braid::future<int>> all;
  for (int n = 0; n < 10; ++n) all.push_back(pool.submit(n).get());
  pool.resume();
  pool.drain().get();
  const braid::pool_stats now = pool.stats();
  EXPECT_EQ(ran, 5);
  EXPECT_EQ(told, 5) << "on_job_end was called for a job that never ran";
  EXPECT_EQ(now.succeeded, 5u);
  EXPECT_EQ(now.failed, 0u);
  EXPECT_EQ(now.dropped, 5u);
  EXPECT_EQ(now.accepted, 10u);
  for (int n = 5; n < 10; ++n) EXPECT_THROW(static_cast<void>(all[n].get()), braid::cancelled);
}

TEST(pool_end, jobs_whose_context_ends_before_they_are_started_are_dropped_and_not_told_to_on_job_end) {
  std::atomic<int> ran{0};
  auto parent = braid::with_cancel(braid::context());
  const auto plain = [&](int n) {
    if (++ran == 5) parent.cancel("enough");
    return n;
  };
  expect_dropped_by_context(plain, ran, parent);
}

TEST(pool_end, and_so_are_those_of_coroutines) {
  std::atomic<int> ran{0};
  auto parent = braid::with_cancel(braid::context());
  const auto later = [](int n, std::atomic<int>* count, braid::cancellable* of) -> braid::task<int> {
    if (++*count == 5) of->cancel("enough");
    co_return n;
  };
  expect_dropped_by_context([&](int n) { return later(n, &ran, &parent); }, ran, parent);
}

TEST(pool_end, an_aborted_pool_runs_no_batch) {
  braid::worker_pool pool(1, [](int n) { return n; });
  static_cast<void>(pool.abort("enough").get());
  EXPECT_THROW(static_cast<void>(pool.run(std::vector{1, 2})), braid::cancelled);
}

TEST(pool_end, abort_ends_a_stream_that_waits_for_its_source) {
  braid::worker_pool pool(1, [](int n) { return n; });
  const braid::channel<int> silent(1);
  EXPECT_TRUE(silent.tx.try_send(1));
  const auto read = [&] {
    for (const auto& one : braid::from(silent.rx) | braid::through(pool)) {
      EXPECT_EQ(one.job, 1);
      static_cast<void>(pool.abort("enough").get());
    }
  };
  EXPECT_THROW(read(), braid::cancelled);
}

TEST(pool_end, abort_wakes_a_stream_that_waits_for_its_source) {
  for (int round = 0; round < 20; ++round) {
    braid::worker_pool pool(1, [](int n) { return n; });
    const braid::channel<int> silent(1);
    EXPECT_TRUE(silent.tx.try_send(1));
    std::atomic<bool> taken{false};
    std::thread other([&] {
      while (!taken) std::this_thread::yield();
      for (int i = 0; i < 100; ++i) std::this_thread::yield();  // it waits by now, most of the rounds
      static_cast<void>(pool.abort("enough").get());
    });
    const auto read = [&] {
      for (const auto& one : braid::from(silent.rx) | braid::through(pool)) taken = one.job == 1;
    };
    EXPECT_THROW(read(), braid::cancelled);
    other.join();
  }
}

TEST(pool_end, abort_from_inside_a_job_gives_what_it_took_back) {
  braid::worker_pool<int, std::size_t>* self = nullptr;
  braid::worker_pool<int, std::size_t> pool(1, [&](int) { return self->abort("by a job").get().size(); });
  self = &pool;
  pool.pause();
  auto a = pool.submit(1).get();
  auto b = pool.submit(2).get();
  auto c = pool.submit(3).get();
  pool.resume();
  while (!a.has_value()) std::this_thread::yield();
  EXPECT_EQ(a.result(), 2u);
  EXPECT_THROW(b.get(), braid::job_dropped);
  EXPECT_THROW(c.get(), braid::job_dropped);
}

TEST(pool_end, a_pool_may_go_while_a_channel_is_attached) {
  for (int round = 0; round < 300; ++round) {  // the cancel reaches its parts in turn, and the feed between them
    const braid::channel<int> jobs(1);
    const braid::channel<braid::job_result<int, int>> results(1);
    {
      braid::worker_pool pool(1, [](int n) { return n; });
      static_cast<void>(pool.attach(jobs.rx, results.tx));
    }
    EXPECT_EQ(results.rx.size(), 0u);
  }
}

TEST(pool_end, what_a_future_had_to_throw_that_is_dropped_after_it_ends_the_program) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // it has threads of its own
  const auto lose = [] {
    std::optional<braid::future<int>> kept;
    {
      braid::worker_pool pool(1, [](int) -> int { throw std::runtime_error("nobody looks"); });
      kept.emplace(pool.submit(1).get());
      pool.drain().get();
    }
    kept.reset();
  };
  EXPECT_DEATH(lose(), "nobody looks");
}

}  // namespace
