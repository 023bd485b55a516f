// Who was told what of the jobs that a pool was offered.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "braid/pool/worker_pool.hpp"

namespace torture {

/// Any thread.
///
/// Invariants, once everybody has gone home
/// 1. Each offered job was refused, and its submit still had it, or accepted.
/// 2. Each accepted job has one outcome: a value, a failure, or that it was dropped and has never run.
/// 3. The pool counts the same.
struct pool_book {
  std::atomic<unsigned> offered{0}, refused{0}, values{0}, failures{0}, dropped{0};
  std::atomic<int> inside{0}, most_inside{0};

  /// For a handler, as long as it runs.
  class visit {
   public:
    explicit visit(pool_book& in) noexcept : in_(in) {
      const int now = ++in_.inside;
      for (int seen = in_.most_inside; seen < now && !in_.most_inside.compare_exchange_weak(seen, now);) {
      }
    }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() { --in_.inside; }

   private:
    pool_book& in_;
  };

  /// Nothing if the pool does not take it.
  template<class Job, class R>
  std::optional<braid::future<R>> offer(braid::worker_pool<Job, R>& pool, const braid::context& ctx, Job job) {
    ++offered;
    auto submit = pool.submit(ctx, job);
    try {
      return submit.get();
    } catch (const braid::pool_closed&) {
    } catch (const braid::queue_full&) {
    }
    ++refused;
    EXPECT_EQ(submit.job(), job);
    return std::nullopt;
  }
  template<class Job, class R>
  std::optional<braid::future<R>> offer(braid::worker_pool<Job, R>& pool, Job job) {
    return offer(pool, pool.ctx(), std::move(job));
  }
  template<class R>
  void ask(std::optional<braid::future<R>>& future) {
    if (future) ask(*future);
  }
  template<class R>
  void ask(braid::future<R>& future) {
    try {
      static_cast<void>(future.get());
      ++values;
    } catch (const braid::job_dropped&) {
      ++dropped;
    } catch (const std::exception&) {
      ++failures;
    }
  }
  /// One of a stream's; they are accepted when they are pulled, so they count as offered here.
  template<class Job, class R>
  void note(const braid::job_result<Job, R>& result) {
    ++offered;
    if (result.outcome) {
      ++values;
    } else if (is<braid::pool_closed>(result.outcome.error()) || is<braid::job_dropped>(result.outcome.error())) {
      ++dropped;
    } else {
      ++failures;
    }
  }

  /// The pool has ended.
  void expect_settled(const braid::pool_stats& pool) const {
    EXPECT_EQ(inside, 0) << "a handler still runs";
    EXPECT_EQ(offered - refused, values + failures + dropped) << "a job was accepted, and nobody was told of it once";
    EXPECT_EQ(pool.succeeded, values);
    // A job whose context ended before it was started is dropped to the pool; to its owner it is cancelled, as one is
    // whose context ended while it ran.
    EXPECT_EQ(pool.failed + pool.dropped, failures + dropped);
    EXPECT_GE(pool.dropped, dropped);
    EXPECT_EQ(pool.running + pool.queued + pool.waiting, 0u);
  }

 private:
  template<class E>
  static bool is(const braid::error& what) {
    try {
      if (what.exception) std::rethrow_exception(what.exception);
    } catch (const E&) {
      return true;
    } catch (...) {
    }
    return false;
  }
};

}  // namespace torture
