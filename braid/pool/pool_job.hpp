// A job that a pool has, and the queue of the stream that it belongs to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <variant>

#include "braid/base/intrusive_list.hpp"
#include "braid/runtime/block_cache.hpp"
#include "braid/runtime/performer.hpp"
#include "braid/sync/aging_queue.hpp"
#include "braid/sync/context.hpp"

namespace braid::detail {

class pool_job;
struct in_queue;
struct in_ranks;
struct among_holders;
struct by_age;

/// Jobs of one stream that no worker has taken. Only one of them is in the order of the pool's queue. When it is
/// taken, the next one is enqueued behind the others there.
class stream_jobs {
 public:
  /// `hands_back`: jobs that were not started go to the caller of stop().
  explicit stream_jobs(bool hands_back = false) noexcept : hands_back_(hands_back) {}
  stream_jobs(const stream_jobs&) = delete;
  stream_jobs& operator=(const stream_jobs&) = delete;

 private:
  friend class job_queue;
  friend class pool_job;
  const bool hands_back_;
  bool is_waited_for_ = false;  ///< A job of the same pool waits for it: its jobs go before the others.
  pool_job* head_ = nullptr;
  intrusive_list<pool_job, in_queue> rest_;
};

/// Prefetches the two cache lines that hold all that a small job is run with.
inline void prefetch_lines(const void* job) noexcept {
  if (!job) return;
  __builtin_prefetch(job, 1);
  __builtin_prefetch(static_cast<const char*>(job) + 64, 1);
}

/// Where a job is.
enum class job_place : std::uint8_t {
  outside,   ///< With its owner: not accepted yet, or ended; or with a stop() that is about to end it.
  in_order,  ///< In the order, or in its stream behind a job that is.
  behind,    ///< Behind a job with the same key, which has the key's turn.
  next,      ///< Before the order: it has the turn of its key, or a job of the same pool waits for it.
  running,
};

/// Extra state of a job, needed only by pools with keys, with priorities, or that drop the oldest.
struct job_extra final : ranked<job_extra>, list_hook<in_ranks>, list_hook<by_age>, list_hook<among_holders>, recycled {
  job_extra(pool_job& of, std::int64_t rank, std::size_t key_of_job) noexcept : job(of), key(key_of_job) {
    set_rank(rank);
  }
  pool_job& job;
  std::size_t key;
  intrusive_list<pool_job, in_queue> behind;  ///< The jobs that wait for the key, while this job has its turn.
};

class pool_job : public list_hook<in_queue> {
 public:
  pool_job(const pool_job&) = delete;
  pool_job& operator=(const pool_job&) = delete;

  const std::exception_ptr& error() const noexcept { return error_; }
  void fail(std::exception_ptr why) noexcept { error_ = std::move(why); }
  /// Returns true if it ended without having been started.
  bool was_dropped() const noexcept { return !started_; }
  /// From now on an exception is a failure of the job: its handler threw it, or could not be made.
  void mark_started() noexcept { started_ = true; }
  bool is_submitted() const noexcept { return is_submitted_; }
  /// If the job was not started: returns true if stop() gives it to its caller, false if its stream reports it.
  bool is_handed_back() const noexcept { return is_submitted_ || stream_->hands_back_; }

  /// Call before the job is pushed to a queue that needs it.
  void make_extra(std::int64_t rank, std::size_t key) { extra_ = std::make_unique<job_extra>(*this, rank, key); }
  job_extra* extra() const noexcept { return extra_.get(); }

 protected:
  explicit pool_job(bool is_submitted) noexcept : list_hook(unset), is_submitted_(is_submitted) {}
  ~pool_job() = default;

  /// Notifies the waiters: the outcome is there, as a value or as error(). Requires the pool's lock.
  virtual void ended(wake_chain& wakes) noexcept = 0;
  /// The pool's last access to a submitted job. Called without the lock.
  virtual void let_go() noexcept {}
  /// Call in ended() if let_go() will destroy objects of the user.
  void lets_go_of_users() noexcept { lets_go_of_users_ = true; }
  /// Resets the outcome, so that this can hold another job.
  void forget_outcome() noexcept { error_ = nullptr, started_ = false; }

 private:
  friend class job_queue;
  friend class pool_core;
  friend class next_job;
  friend class ended_jobs;
  stream_jobs* stream_ = nullptr;     ///< Null for a submitted job.
  std::unique_ptr<job_extra> extra_;  ///< Null if its queue needs none.
  std::exception_ptr error_;
  job_place place_ = job_place::outside;
  const bool is_submitted_;
  bool started_ = false;
  bool lets_go_of_users_ = false;
};

/// Jobs that have ended under the lock and are released after it. Construct it before the lock is taken.
class ended_jobs {
 public:
  ended_jobs() = default;
  ~ended_jobs() { let_go(); }
  void let_go() noexcept {
    while (pool_job* const job = jobs_.pop_front()) job->let_go();
  }

 private:
  friend class pool_core;
  intrusive_list<pool_job, in_queue> jobs_;
};

/// A job with a place for the value of its handler.
template<class Job, class R>
class typed_job : public pool_job {
 public:
  using stored = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

  std::optional<Job> job;
  virtual std::optional<stored>& place_of_value() noexcept = 0;
  /// The context that the handler runs under.
  virtual const context& ctx() const noexcept = 0;

 protected:
  using pool_job::pool_job;
  ~typed_job() = default;
};

}  // namespace braid::detail
