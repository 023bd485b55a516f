// Pools that end at the wrong moment: under submits, streams, batches, waits for room, and from many sides at once.
#include <barrier>
#include <ranges>
#include <thread>
#include <vector>

#include "torture/pool_book.hpp"
#include "torture/torture.hpp"

namespace {

class pool_ending : public torture::on_workers {
 protected:
  int width() const { return static_cast<int>(workers()); }
};
INSTANTIATE_TEST_SUITE_P(workers, pool_ending, testing::Values(1u, 2u, 8u));

/// Offers jobs until the pool is closed, and asks for each; a few at a time.
void keep_offering(torture::pool_book& book, braid::worker_pool<int, int>& pool, std::atomic<int>& accepted) {
  for (bool open = true; open;) {
    std::vector<std::optional<braid::future<int>>> some;
    for (int n = 0; n < 5 && open; ++n) {
      some.push_back(book.offer(pool, n));
      open = some.back().has_value();
      if (open) ++accepted;
    }
    for (auto& one : some) book.ask(one);
  }
}

// alitto/pond#138 for a pool: an end while jobs are being submitted.
TEST_P(pool_ending, a_drain_while_others_submit_does_what_was_accepted_and_nothing_else) {
  for (int round = 0; round < 10; ++round) {
    torture::pool_book book;
    std::atomic<int> accepted{0};
    braid::worker_pool pool(ctx_, width(),
                            [&](int n) {
                              const torture::pool_book::visit here(book);
                              return n;
                            },
                            {.queue = 3});
    std::vector<std::thread> clients;
    for (int t = 0; t < 3; ++t) clients.emplace_back([&] { keep_offering(book, pool, accepted); });
    while (accepted < 20 + round) std::this_thread::yield();
    pool.drain().get();
    EXPECT_EQ(book.inside, 0);
    for (std::thread& each : clients) each.join();
    book.expect_settled(pool.stats());
    EXPECT_EQ(book.dropped, 0u);
    EXPECT_EQ(book.values, static_cast<unsigned>(accepted));
  }
}

TEST_P(pool_ending, a_stop_under_a_stream_leaves_an_outcome_for_every_job_of_it) {
  constexpr int jobs = 200;
  for (int round = 0; round < 10; ++round) {
    torture::pool_book book;
    std::vector<int> seen(jobs);
    std::atomic<int> ran{0};
    braid::worker_pool pool(ctx_, width(), [&](int n) {
      const torture::pool_book::visit here(book);
      return ++ran, n;
    });
    std::thread stopper([&] {
      while (ran < 2 * round) std::this_thread::yield();
      EXPECT_TRUE(pool.stop().get().empty()) << "a job of a stream was handed back";
    });
    for (const auto& one : pool.stream(std::views::iota(0, jobs), braid::slack(round))) {
      ++seen[static_cast<std::size_t>(one.job)];
      book.note(one);
    }
    stopper.join();
    EXPECT_EQ(std::ranges::count(seen, 1), jobs);
    EXPECT_EQ(book.values, static_cast<unsigned>(ran));
    book.expect_settled(pool.stats());
  }
}

TEST_P(pool_ending, an_abort_while_a_batch_runs_wakes_its_handlers_and_counts_what_was_pulled) {
  for (int round = 0; round < 10; ++round) {
    torture::pool_book book;
    std::atomic<unsigned> pulled{0}, waiting{0};
    braid::worker_pool pool(ctx_, width(), [&](const braid::context& ctx, int n) {
      const torture::pool_book::visit here(book);
      if (n < 5) return n;
      ++waiting;
      auto end = ctx.done();
      end.get();
      return n;
    });
    std::thread aborter([&] {
      while (waiting == 0) std::this_thread::yield();
      EXPECT_TRUE(pool.abort("enough").get().empty());
      EXPECT_EQ(book.inside, 0);
    });
    const auto batch = std::views::iota(0, 50) | std::views::transform([&](int n) { return ++pulled, n; });
    const auto run = [&] {
      try {
        static_cast<void>(pool.run(batch));
      } catch (const braid::batch_error<int, int>&) {
        throw braid::cancelled("the same");
      }
    };
    EXPECT_THROW(run(), braid::cancelled);
    aborter.join();
    const braid::pool_stats end = pool.stats();
    EXPECT_EQ(end.succeeded + end.failed + end.dropped, pulled);
    EXPECT_EQ(end.running + end.queued, 0u);
  }
}

TEST_P(pool_ending, a_pool_goes_while_submits_wait_for_room_and_they_keep_their_jobs) {
  for (int round = 0; round < 10; ++round) {
    torture::pool_book book;
    std::vector<std::thread> clients;
    std::vector<std::optional<braid::future<int>>> accepted;
    {
      braid::worker_pool pool(ctx_, width(),
                              [&](const braid::context& ctx, int n) {
                                const torture::pool_book::visit here(book);
                                auto end = ctx.done();
                                end.get();
                                return n;
                              },
                              {.queue = 4});
      for (int n = 0; n < width() + 4; ++n) accepted.push_back(book.offer(pool, n));
      for (int t = 0; t < 4; ++t) clients.emplace_back([&, t] { EXPECT_FALSE(book.offer(pool, t)); });
      while (pool.stats().waiting < 4) std::this_thread::yield();
    }
    for (std::thread& each : clients) each.join();
    for (auto& each : accepted) book.ask(each);
    EXPECT_EQ(book.refused, 4u);
    EXPECT_EQ(book.inside, 0);
    EXPECT_EQ(book.values, 0u);  // one that has begun throws what the end of its context does
    EXPECT_EQ(book.failures + book.dropped, accepted.size());
  }
}

// Each of the three ends may be called twice, from anywhere, from inside a job (law E3).
TEST_P(pool_ending, ends_from_all_sides_at_once_hand_every_job_back_once) {
  for (int round = 0; round < 10; ++round) {
    torture::pool_book book;
    std::atomic<unsigned> handed_back{0};
    braid::worker_pool<int, int>* self = nullptr;
    const auto end_it = [&](int how) {
      if (how == 0) return self->drain().get();
      handed_back += static_cast<unsigned>(how == 1 ? self->stop().get().size() : self->abort("by one").get().size());
    };
    braid::worker_pool<int, int> pool(ctx_, width(),
                                      [&](int n) {
                                        const torture::pool_book::visit here(book);
                                        if (n < 2) end_it(1 + n);
                                        return n;
                                      },
                                      {.queue = 40});
    self = &pool;
    pool.pause();
    std::vector<std::optional<braid::future<int>>> jobs;
    for (int n = 0; n < 30; ++n) jobs.push_back(book.offer(pool, (n + round) % 30));
    std::vector<std::thread> enders;
    std::barrier all(4);
    for (int how = 0; how < 3; ++how)
      enders.emplace_back([&, how] {
        all.arrive_and_wait();
        end_it(how), end_it(how);
      });
    all.arrive_and_wait();
    pool.resume();
    for (std::thread& each : enders) each.join();
    for (auto& each : jobs) book.ask(each);
    EXPECT_EQ(handed_back, book.dropped);
    book.expect_settled(pool.stats());
  }
}

TEST_P(pool_ending, every_job_throws_and_the_pool_goes_on) {
  torture::pool_book book;
  braid::worker_pool pool(ctx_, width(), [&](int n) {
    const torture::pool_book::visit here(book);
    if (n >= 0) throw std::runtime_error("all of them");
    return n;
  });
  for (int round = 0; round < 20; ++round) {
    for (const auto& one : pool.stream(std::views::iota(0, 20))) book.note(one);
    EXPECT_THROW(static_cast<void>(pool.run(std::vector{round, round})), std::runtime_error);
    book.offered += 2, book.failures += 2;
  }
  auto last = book.offer(pool, -1);
  book.ask(last);
  EXPECT_EQ(book.values, 1u);
  pool.drain().get();
  book.expect_settled(pool.stats());
}

// A worker that has left is a thread that others use. One that is left for good would be one more each round.
TEST_P(pool_ending, pools_that_come_and_go_leave_no_thread_and_no_task) {
  const auto round = [&](auto handler) {
    braid::worker_pool pool(ctx_, width(), handler);
    EXPECT_EQ(pool.run(std::vector{1, 2, 3}), (std::vector{2, 4, 6}));
    if (width() > 1) return;
    pool.drain().get();
  };
  const std::size_t before = torture::threads_now();
  const std::string idle = pool_->describe_tasks();
  for (int n = 0; n < 100; ++n) {
    round([](int job) { return 2 * job; });
    round([](int job) -> braid::task<int> { co_return 2 * job; });
  }
  EXPECT_LE(torture::threads_now(), before + 4 * (workers() + 1)) << "after 100 pools";
  EXPECT_EQ(pool_->describe_tasks(), idle);
}

}  // namespace
