// One job in the hands of a pool, and the line in which it came.
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
#include "braid/sync/context.hpp"
#include "braid/sync/ranked_line.hpp"

namespace braid::detail {

class pool_job;
struct in_line;
struct in_ranks;
struct among_holders;
struct by_age;

/// Jobs of one stream that no worker has taken. One of them stands in the pool's line for all of them: once it is
/// taken, the next one comes behind the others there.
class pool_lane {
 public:
  /// `hands_back`: its jobs that were not started go to the caller of stop().
  explicit pool_lane(bool hands_back = false) noexcept : hands_back_(hands_back) {}
  pool_lane(const pool_lane&) = delete;
  pool_lane& operator=(const pool_lane&) = delete;

 private:
  friend class pool_core;
  friend class pool_job;
  const bool hands_back_;
  bool is_waited_for_ = false;  ///< By a job of the same pool: its jobs go before the others.
  pool_job* head_ = nullptr;
  intrusive_list<pool_job, in_line> rest_;
};

/// The two cache lines in which a job, as long as it is small, has all that it is run with.
inline void prefetch_lines(const void* job) noexcept {
  if (!job) return;
  __builtin_prefetch(job, 1);
  __builtin_prefetch(static_cast<const char*>(job) + 64, 1);
}

/// Where a job is.
enum class job_place : std::uint8_t {
  outside,  ///< With its owner: not accepted yet, or ended; or with a stop() that is about to end it.
  line,     ///< In line, or in its lane behind one that is.
  behind,   ///< Behind a job with the same key, which has been taken.
  next,     ///< Before the line: it has the turn of its key, or a job of the same pool waits for it.
  running,
};

/// What a pool by key, with priorities, or that drops the oldest keeps of a job beside. Others do without.
struct pool_ticket final : ranked<pool_ticket>,
                           list_hook<in_ranks>,
                           list_hook<by_age>,
                           list_hook<among_holders>,
                           recycled {
  pool_ticket(pool_job& of, std::int64_t rank, std::size_t key_of_job) noexcept : job(of), key(key_of_job) {
    set_rank(rank);
  }
  pool_job& job;
  std::size_t key;
  intrusive_list<pool_job, in_line> behind;  ///< While the job has its key's turn.
};

class pool_job : public list_hook<in_line> {
 public:
  pool_job(const pool_job&) = delete;
  pool_job& operator=(const pool_job&) = delete;

  const std::exception_ptr& error() const noexcept { return error_; }
  void fail(std::exception_ptr why) noexcept { error_ = std::move(why); }
  /// It ended without having been started.
  bool was_dropped() const noexcept { return !started_; }
  /// From here on what is thrown is its failure: by its handler, or since that cannot be made.
  void mark_started() noexcept { started_ = true; }
  /// stop() gives it to its caller, if it was not started; else its stream tells what became of it.
  bool is_submitted() const noexcept { return is_submitted_; }
  bool is_handed_back() const noexcept { return is_submitted_ || lane_->hands_back_; }

  /// Before it is accepted by a pool that gives tickets.
  void make_ticket(std::int64_t rank, std::size_t key) { ticket_ = std::make_unique<pool_ticket>(*this, rank, key); }
  pool_ticket* ticket() const noexcept { return ticket_.get(); }

 protected:
  explicit pool_job(bool is_submitted) noexcept : list_hook(unset), is_submitted_(is_submitted) {}
  ~pool_job() = default;

  /// Its outcome is there, as a value or as error(): tells whoever waits for it. With the pool's lock held.
  virtual void ended(wake_chain& wakes) noexcept = 0;
  /// The pool's last touch of a submitted job, without the lock.
  virtual void let_go() noexcept {}
  /// For ended(): let_go() will destroy objects of the user's.
  void lets_go_of_users() noexcept { lets_go_of_users_ = true; }
  /// For another job in its place.
  void forget_outcome() noexcept { error_ = nullptr, started_ = false; }

 private:
  friend class pool_core;
  friend class next_job;
  friend class over_list;
  pool_lane* lane_ = nullptr;            ///< Of a submitted one: none.
  std::unique_ptr<pool_ticket> ticket_;  ///< Null: the pool gives none.
  std::exception_ptr error_;
  job_place place_ = job_place::outside;
  const bool is_submitted_;
  bool started_ = false;
  bool lets_go_of_users_ = false;
};

/// Jobs that have ended under the lock, and are let go after it: made before the lock is taken.
class over_list {
 public:
  over_list() = default;
  ~over_list() { let_go(); }
  void let_go() noexcept {
    while (pool_job* const job = jobs_.pop_front()) job->let_go();
  }

 private:
  friend class pool_core;
  intrusive_list<pool_job, in_line> jobs_;
};

/// A job with its place for what the handler gives.
template<class Job, class R>
class typed_job : public pool_job {
 public:
  using stored = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

  std::optional<Job> job;
  virtual std::optional<stored>& place_of_value() noexcept = 0;
  /// What the handler runs under.
  virtual const context& ctx() const noexcept = 0;

 protected:
  using pool_job::pool_job;
  ~typed_job() = default;
};

}  // namespace braid::detail
