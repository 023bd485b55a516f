// Each party to a pool hears of its end: attached channels, streams, batches, submits that wait, futures, wait_idle();
// with drain, stop, abort, the destructor and the end of its context; paused or not.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "braid/pool/worker_pool.hpp"

namespace {

using namespace std::chrono_literals;
using pool_type = braid::worker_pool<int, int>;
using result_type = braid::job_result<int, int>;

std::vector<int> counted_to(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// --- the matrix ---

struct stage_set {
  braid::cancellable parent = braid::with_cancel(braid::context());
  std::atomic<bool> open{false}, begun{false};
  std::unique_ptr<pool_type> pool;

  /// Its jobs run until the stage is open, or they are cancelled.
  explicit stage_set(bool paused) {
    const auto handler = [this](const braid::context& ctx, int n) {
      while (!open && !ctx.is_cancelled()) std::this_thread::yield();
      ctx.check();
      return n;
    };
    pool = std::make_unique<pool_type>(parent.ctx, 2, handler, braid::pool_options{.queue = 2});
    if (paused) pool->pause();
  }
  void wait_for_accepted(std::uint64_t jobs) const {
    while (pool->stats().accepted < jobs) std::this_thread::yield();
  }
};

/// The work of one party on its thread, and how the test sees that it has begun.
struct party {
  std::function<void(stage_set&)> work;
  std::function<void(stage_set&)> wait_until_begun;
};

void ignore_end(const std::function<void()>& work) {
  try {
    work();
  } catch (const braid::pool_closed&) {
  } catch (const braid::job_dropped&) {
  } catch (const braid::cancelled&) {
  } catch (const braid::batch_error<int, int>&) {
  }
}

void attach(stage_set& s) {
  braid::channel<int> jobs(4);
  braid::channel<result_type> results(1);
  auto fed = s.pool->attach(std::move(jobs.rx), std::move(results.tx));
  ignore_end([&] {
    EXPECT_TRUE(jobs.tx.send(1).get());
    s.begun = true;
    for (const auto& one : results.rx) EXPECT_EQ(one.job, 1);
    static_cast<void>(fed.get());
  });
  EXPECT_FALSE(jobs.tx.send(2).get()) << "the sender was not told";
}
void through(stage_set& s) {
  braid::channel<int> jobs(4);
  EXPECT_TRUE(jobs.tx.send(1).get());
  ignore_end([&] {
    auto done = braid::from(std::move(jobs.rx)) | braid::through(*s.pool);
    for (const auto& one : done) EXPECT_EQ(one.job, 1);
    ADD_FAILURE() << "a stream that was cut off seems to be complete";
  });
  EXPECT_FALSE(jobs.tx.send(2).get()) << "the sender was not told";
}
void run(stage_set& s) {
  ignore_end([&] { static_cast<void>(s.pool->run(counted_to(100))); });
}
void stream(stage_set& s) {
  std::size_t told = 0;
  bool was_cut_off = false;
  ignore_end([&] {
    was_cut_off = true;
    for ([[maybe_unused]] const auto& one : s.pool->stream(counted_to(100))) ++told;
    was_cut_off = false;
  });
  EXPECT_TRUE(was_cut_off || told == 100);
}
/// Three are more than the two workers take, so that one of them stays in the queue and the submits beyond wait.
std::vector<braid::future<int>> fill(stage_set& s) {
  std::vector<braid::future<int>> all;
  for (int n = 0; n < 2; ++n) all.push_back(s.pool->submit(n).get());
  return all;
}
void submit(stage_set& s) {
  auto first = fill(s);
  std::vector<std::thread> submitters;
  for (int n = 0; n < 4; ++n) submitters.emplace_back([&s] { ignore_end([&] { s.pool->post(7); }); });
  for (std::thread& each : submitters) each.join();
}
void wait_idle(stage_set& s) {
  auto first = fill(s);
  auto idle = s.pool->wait_idle();
  s.begun = true;
  idle.get();
}
void ask(stage_set& s) {
  auto all = fill(s);
  s.begun = true;
  for (auto& each : all) ignore_end([&] { static_cast<void>(each.get()); });
}

const std::map<std::string, party> parties{
    {"attach", {attach, [](stage_set& s) { s.wait_for_accepted(1); }}},
    {"through", {through, [](stage_set& s) { s.wait_for_accepted(1); }}},
    {"run", {run, [](stage_set& s) { s.wait_for_accepted(1); }}},
    {"stream", {stream, [](stage_set& s) { s.wait_for_accepted(1); }}},
    {"submit",
     {submit,
      [](stage_set& s) {
        const auto all_are_there = [](const braid::pool_stats& now) { return now.accepted + now.waiting == 6; };
        while (!all_are_there(s.pool->stats())) std::this_thread::yield();
      }}},
    {"wait_idle", {wait_idle, [](stage_set&) {}}},
    {"future", {ask, [](stage_set&) {}}},
};

const std::map<std::string, std::function<void(stage_set&)>> ends{
    {"drain",
     [](stage_set& s) {
       auto end = s.pool->drain();
       s.open = true;
       s.pool->resume();
       end.get();
     }},
    {"stop",
     [](stage_set& s) {
       auto end = s.pool->stop();
       s.open = true;
       static_cast<void>(end.get());
     }},
    {"abort", [](stage_set& s) { static_cast<void>(s.pool->abort("enough").get()); }},
    {"destructor", [](stage_set& s) { s.pool.reset(); }},
    {"context", [](stage_set& s) { s.parent.cancel("enough"); }},
};

class pool_close : public testing::TestWithParam<std::tuple<std::string, std::string, bool>> {};

std::vector<std::string> names_of(const auto& map) {
  std::vector<std::string> names;
  for (const auto& [name, what] : map) names.push_back(name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(all, pool_close,
                         testing::Combine(testing::ValuesIn(names_of(parties)), testing::ValuesIn(names_of(ends)),
                                          testing::Bool()),
                         [](const auto& of) {
                           return std::get<0>(of.param) + "_" + std::get<1>(of.param) +
                                  (std::get<2>(of.param) ? "_paused" : "");
                         });

TEST_P(pool_close, each_party_hears_of_each_end) {
  const auto& [who, how, paused] = GetParam();
  const party& p = parties.at(who);
  for (int round = 0; round < 20; ++round) {
    stage_set s(paused);
    std::thread other([&] {
      p.work(s);
      s.begun = true;
    });
    p.wait_until_begun(s);
    while ((who == "wait_idle" || who == "future") && !s.begun) std::this_thread::yield();
    ends.at(how)(s);
    other.join();
  }
}

// --- attached channels ---

TEST(pool_close, drain_ends_what_is_attached_though_the_jobs_sender_is_still_there) {
  pool_type pool(2, [](int n) { return n; });
  braid::channel<int> jobs(4);
  braid::channel<result_type> results(8);
  auto fed = pool.attach(std::move(jobs.rx), std::move(results.tx));
  for (int n = 0; n < 3; ++n) ASSERT_TRUE(jobs.tx.send(n).get());
  int seen = 0;
  std::thread shutdown;
  for (const auto& one : results.rx) {
    EXPECT_TRUE(one.outcome);
    if (++seen == 3) shutdown = std::thread([&] { pool.drain().get(); });
  }
  shutdown.join();
  EXPECT_EQ(fed.get(), 3u);
  EXPECT_FALSE(jobs.tx.send(4).get());
}

TEST(pool_close, drain_does_not_wait_for_the_reader_of_an_attached_channel) {
  pool_type pool(1, [](int n) { return n; });
  braid::channel<int> jobs(8);
  braid::channel<result_type> results(0);
  auto fed = pool.attach(std::move(jobs.rx), std::move(results.tx));
  for (int n = 0; n < 8; ++n) ASSERT_TRUE(jobs.tx.send(n).get());
  while (pool.stats().succeeded < 1) std::this_thread::yield();
  pool.drain().get();
  const std::uint64_t done = pool.stats().succeeded;
  std::uint64_t seen = 0;
  for (const auto& one : results.rx) seen += one.outcome ? 1 : 0;
  EXPECT_EQ(seen, done);
  EXPECT_EQ(fed.get(), done);
}

/// Each job that was sent is in one place at the end: its result, stop()'s hands, or still in the channel.
void expect_each_job_in_one_place(bool stops, int round) {
  pool_type pool(2, [](int n) { return n; });
  braid::channel<int> jobs(braid::unbounded);
  braid::channel<result_type> results(static_cast<std::size_t>(round % 3));
  auto fed = pool.attach(jobs.rx, std::move(results.tx));
  std::vector<int> places(200);
  std::atomic<int> seen{0};
  std::thread reader([&] {
    for (const auto& one : results.rx) {
      EXPECT_TRUE(one.outcome) << "a job that was received was neither done nor handed back";
      ++places[static_cast<std::size_t>(one.job)];
      ++seen;
    }
  });
  std::thread sender([&] {
    for (int n = 0; n < 200; ++n) EXPECT_TRUE(jobs.tx.send(n).get());
  });
  while (seen < round) std::this_thread::yield();
  std::vector<int> handed_back;
  if (stops) {
    handed_back = pool.stop().get();
  } else {
    pool.drain().get();
  }
  reader.join();
  sender.join();
  EXPECT_EQ(fed.get(), static_cast<std::size_t>(seen));
  for (const int n : handed_back) ++places[static_cast<std::size_t>(n)];
  for (const int n : jobs.rx.close()) ++places[static_cast<std::size_t>(n)];
  EXPECT_EQ(places, std::vector<int>(200, 1));
  const braid::pool_stats now = pool.stats();
  EXPECT_EQ(now.dropped, handed_back.size());
  EXPECT_EQ(now.succeeded, static_cast<std::uint64_t>(seen));
  EXPECT_EQ(now.accepted, now.succeeded + now.dropped);
}

TEST(pool_close, each_job_of_an_attached_channel_is_done_handed_back_or_still_in_it) {
  for (int round = 0; round < 60; ++round) {
    expect_each_job_in_one_place(true, round);
    expect_each_job_in_one_place(false, round);
  }
}

TEST(pool_close, stop_hands_back_what_was_received_and_not_started) {
  std::atomic<bool> open{false};
  pool_type pool(1, [&](int n) {
    while (!open) std::this_thread::yield();
    return n;
  });
  braid::channel<int> jobs(8);
  braid::channel<result_type> results(8);
  auto fed = pool.attach(std::move(jobs.rx), std::move(results.tx));
  for (int n = 0; n < 2; ++n) ASSERT_TRUE(jobs.tx.send(n).get());
  while (pool.stats().accepted < 2 || pool.stats().running < 1) std::this_thread::yield();
  auto end = pool.stop();
  open = true;
  EXPECT_EQ(end.get(), std::vector{1});
  EXPECT_EQ(results.rx.recv().get()->job, 0);
  EXPECT_FALSE(results.rx.recv().get());
  EXPECT_EQ(fed.get(), 1u);
}

// --- streams ---

TEST(pool_close, a_stream_over_a_channel_gives_what_is_in_flight_and_then_throws_pool_closed) {
  pool_type pool(2, [](int n) { return n; });
  braid::channel<int> jobs(8);
  ASSERT_TRUE(jobs.tx.send(1).get());
  int seen = 0;
  const auto read = [&] {
    for (const auto& one : braid::from(jobs.rx) | braid::through(pool)) {
      seen += one.outcome ? 1 : 0;
      pool.drain().get();
    }
  };
  EXPECT_THROW(read(), braid::pool_closed);
  EXPECT_EQ(seen, 1);
  ASSERT_TRUE(jobs.tx.send(2).get());
  EXPECT_EQ(jobs.rx.close(), std::vector{2});
}

TEST(pool_close, a_batch_whose_source_waits_is_not_cut_off_in_silence) {
  std::atomic<bool> open{false};
  pool_type pool(2, [](int n) { return n; });
  const auto slow = [&](int n) -> braid::task<int> {
    while (n > 0 && !open) {
      auto pause = braid::after(100us);
      static_cast<void>(co_await pause);
    }
    co_return n;
  };
  std::size_t told = 0;
  const auto read = [&] {
    for ([[maybe_unused]] const auto& one : braid::from(counted_to(4)) | braid::map(2, slow) | braid::through(pool)) {
      ++told;
      pool.drain().get();
    }
  };
  EXPECT_THROW(read(), braid::pool_closed);
  EXPECT_EQ(told, 1u);
}

// --- the context of the pool ---

TEST(pool_close, the_end_of_its_context_drops_the_jobs_of_a_paused_pool) {
  auto parent = braid::with_cancel(braid::context());
  std::atomic<int> ran{0};
  pool_type pool(parent.ctx, 1, [&](int n) { return ++ran, n; });
  pool.pause();
  auto one = pool.submit(1).get();
  auto other = pool.submit(braid::with_timeout(braid::context(), 1h), 2).get();
  parent.cancel("enough");
  EXPECT_THROW(one.get(), braid::cancelled);
  EXPECT_THROW(other.get(), braid::cancelled);
  EXPECT_EQ(ran, 0);
  pool.wait_idle().get();
  EXPECT_EQ(pool.stats().dropped, 2u);
}

}  // namespace
