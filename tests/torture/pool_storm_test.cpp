// Pools whose width, pause, contexts and handlers change while jobs come from several sides.
#include <ranges>
#include <thread>
#include <vector>

#include "torture/pool_book.hpp"
#include "torture/torture.hpp"

namespace {

class pool_storm : public torture::on_workers {
 protected:
  int width() const { return static_cast<int>(workers()); }

  /// Two threads submit, one runs a stream, 100 jobs each, while `turn(n)` is called again and again.
  template<class Job, class R, class F>
  void expect_all_done(torture::pool_book& book, braid::worker_pool<Job, R>& pool, F turn) {
    std::atomic<int> busy{3};
    std::vector<std::thread> clients;
    for (int t = 0; t < 2; ++t)
      clients.emplace_back([&, t] {
        std::vector<std::optional<braid::future<R>>> some;
        for (int n = 0; n < 100; ++n) some.push_back(book.offer(pool, 100 * t + n));
        for (auto& one : some) book.ask(one);
        --busy;
      });
    clients.emplace_back([&] {
      for (const auto& one : pool.stream(std::views::iota(200, 300), braid::slack(3))) book.note(one);
      --busy;
    });
    for (int n = 0; busy > 0; ++n) {
      turn(n);
      std::this_thread::yield();
    }
    for (std::thread& each : clients) each.join();
    pool.drain().get();
    book.expect_settled(pool.stats());
    EXPECT_EQ(book.offered, 300u);
  }
};
INSTANTIATE_TEST_SUITE_P(workers, pool_storm, testing::Values(1u, 2u, 8u));

TEST_P(pool_storm, a_pool_that_is_resized_all_the_time_does_every_job_once) {
  for (int round = 0; round < 5; ++round) {
    torture::pool_book book;
    std::vector<std::atomic<int>> times(300);
    braid::worker_pool pool(ctx_, 1, [&](int n) {
      const torture::pool_book::visit here(book);
      ++times[static_cast<std::size_t>(n)];
      for (int i = 0; i < n % 3; ++i) std::this_thread::yield();
      return n;
    });
    expect_all_done(book, pool, [&](int n) { pool.resize(1 + n % (2 * width() + 1)); });
    EXPECT_LE(book.most_inside, 2 * width() + 1);
    EXPECT_EQ(book.values, 300u);
    for (const auto& each : times) EXPECT_EQ(each, 1);
  }
}

TEST_P(pool_storm, coroutines_of_a_pool_that_is_resized_all_the_time_are_run_once) {
  for (int round = 0; round < 5; ++round) {
    torture::pool_book book;
    braid::worker_pool pool(ctx_, 1, [&](int n) -> braid::task<int> {
      const torture::pool_book::visit here(book);
      auto pause = braid::after(std::chrono::microseconds(n % 5));
      co_await pause;
      co_return n;
    });
    expect_all_done(book, pool, [&](int n) { pool.resize(1 + n % (2 * width() + 1)); });
    EXPECT_LE(book.most_inside, 2 * width() + 1);
    EXPECT_EQ(book.values, 300u);
  }
}

TEST_P(pool_storm, a_pool_that_is_paused_and_resumed_all_the_time_does_every_job_once) {
  for (int round = 0; round < 5; ++round) {
    torture::pool_book book;
    braid::worker_pool pool(ctx_, width(), [&](int n) {
      const torture::pool_book::visit here(book);
      return n;
    });
    const auto begun = [&pool] {
      const braid::pool_stats now = pool.stats();
      return now.succeeded + now.failed + now.running;
    };
    expect_all_done(book, pool, [&](int n) {
      pool.pause();
      const std::uint64_t before = begun();
      for (int i = 0; i < n % 4; ++i) std::this_thread::yield();
      EXPECT_EQ(begun(), before) << "a paused pool has begun a job";
      pool.resume();
    });
    EXPECT_LE(book.most_inside, width());
    EXPECT_EQ(book.values, 300u);
  }
}

TEST_P(pool_storm, a_handler_that_cannot_be_made_now_and_then_fails_so_many_jobs) {
  for (int round = 0; round < 5; ++round) {
    torture::pool_book book;
    std::atomic<int> alive{0}, most_alive{0};
    std::atomic<unsigned> made{0}, not_made{0};
    struct counted {
      explicit counted(std::atomic<int>& n, std::atomic<int>& most) : alive_(&n) { most = std::max(most.load(), ++n); }
      counted(counted&& other) noexcept : alive_(std::exchange(other.alive_, nullptr)) {}
      ~counted() {
        if (alive_) --*alive_;
      }
      std::atomic<int>* alive_;
    };
    {
      braid::worker_pool pool(ctx_, width(), braid::per_worker([&] {
                                if (++made % 2 == 1) {
                                  ++not_made;
                                  throw std::runtime_error("no connection");
                                }
                                return [&, own = counted(alive, most_alive), jobs = 0](int n) mutable {
                                  const torture::pool_book::visit here(book);
                                  if (++jobs % 7 == 0) std::this_thread::yield();
                                  return n;
                                };
                              }));
      expect_all_done(book, pool, [&](int n) { pool.resize(1 + n % (width() + 1)); });
    }
    EXPECT_EQ(book.failures, not_made);
    EXPECT_GT(not_made, 0u);
    EXPECT_LE(most_alive, width() + 1);
    EXPECT_EQ(alive, 0);
  }
}

TEST_P(pool_storm, a_queue_that_drops_its_oldest_tells_everyone_whose_job_was_dropped) {
  for (int round = 0; round < 5; ++round) {
    torture::pool_book book;
    braid::worker_pool pool(ctx_, width(),
                            [&](int n) {
                              const torture::pool_book::visit here(book);
                              std::this_thread::yield();
                              return n;
                            },
                            {.queue = 2, .when_full = braid::when_full::drop_oldest});
    expect_all_done(book, pool, [](int) {});
    EXPECT_EQ(book.refused + book.failures, 0u);
  }
}

TEST_P(pool_storm, callers_that_run_what_finds_no_room_are_told_once) {
  for (int round = 0; round < 5; ++round) {
    torture::pool_book book;
    std::vector<std::atomic<int>> times(300);
    braid::worker_pool pool(ctx_, width(),
                            [&](int n) {
                              const torture::pool_book::visit here(book);
                              ++times[static_cast<std::size_t>(n)];
                              return n;
                            },
                            {.queue = 1, .when_full = braid::when_full::caller_runs});
    expect_all_done(book, pool, [](int) {});
    EXPECT_EQ(book.values, 300u);
    for (const auto& each : times) EXPECT_EQ(each, 1);
  }
}

struct numbered {
  int key, place;
  bool operator==(const numbered&) const = default;
};

// What one key's jobs do to each other's turns: many are cancelled while they wait behind it.
TEST_P(pool_storm, jobs_of_a_key_keep_their_order_although_others_of_it_are_cancelled) {
  constexpr int keys = 3, jobs = 120;
  for (int round = 0; round < 5; ++round) {
    torture::pool_book book;
    std::vector<std::atomic<int>> busy(keys), last(keys);
    std::atomic<unsigned> ran{0};
    const auto context_of = [](int n) { return n % 2 ? n / 2 % 4 : -1; };
    braid::worker_pool<numbered, int> pool(ctx_, width(), braid::by_key(&numbered::key),
                                           [&](const numbered& job) {
                                             const torture::pool_book::visit here(book);
                                             const auto k = static_cast<std::size_t>(job.key);
                                             EXPECT_EQ(++busy[k], 1) << "two jobs of a key at a time";
                                             EXPECT_LT(last[k], job.place) << "out of order";
                                             last[k] = job.place;
                                             const int n = job.place - 1;
                                             EXPECT_FALSE(n > jobs / 2 && context_of(n) == round % 4) << "cancelled";
                                             ++ran;
                                             if (job.place % 5 == 0) std::this_thread::yield();
                                             --busy[k];
                                             return 0;
                                           },
                                           {.queue = jobs});
    std::vector<braid::cancellable> contexts;
    for (int c = 0; c < 4; ++c) contexts.push_back(braid::with_cancel(ctx_));
    std::vector<std::optional<braid::future<int>>> all;
    for (int n = 0; n < jobs; ++n) {
      const braid::context& ctx =
          context_of(n) >= 0 ? contexts[static_cast<std::size_t>(context_of(n))].ctx : pool.ctx();
      all.push_back(book.offer(pool, ctx, numbered{n * n % keys, n + 1}));
      if (n == jobs / 2) contexts[static_cast<std::size_t>(round % 4)].cancel("not wanted");
    }
    contexts[3].cancel("not wanted");
    for (auto& each : all) book.ask(each);
    pool.drain().get();
    EXPECT_EQ(book.values, ran);
    book.expect_settled(pool.stats());
  }
}

TEST_P(pool_storm, coroutine_handlers_that_wait_are_woken_by_the_cancel_of_their_job_and_no_other) {
  for (int round = 0; round < 5; ++round) {
    torture::pool_book book;
    const braid::channel<int> never(0);
    const auto wait = [&book](braid::receiver<int> from, int n) -> braid::task<int> {
      const torture::pool_book::visit here(book);
      if (n % 2 == 0) co_return n;
      auto got = co_await from.recv();
      co_return got.value_or(n);
    };
    braid::worker_pool<int, int> pool(ctx_, width(), [&](int n) { return wait(never.rx, n); }, {.queue = 100});
    std::vector<braid::cancellable> contexts;
    std::vector<std::optional<braid::future<int>>> all;
    for (int n = 0; n < 60; ++n) {
      contexts.push_back(braid::with_cancel(ctx_));
      all.push_back(book.offer(pool, contexts.back().ctx, n));
    }
    std::thread canceller([&] {
      for (std::size_t n = 1; n < contexts.size(); n += 2) contexts[n].cancel("not wanted");
    });
    for (auto& each : all) book.ask(each);
    canceller.join();
    pool.drain().get();
    EXPECT_EQ(book.values, 30u);
    EXPECT_EQ(book.failures, 30u);
    book.expect_settled(pool.stats());
  }
}

}  // namespace
