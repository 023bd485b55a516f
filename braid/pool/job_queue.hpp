// The accepted jobs of a pool that no worker has taken. Pure: it knows no lock, no worker and no wait.
//
//   push --> order (submitted jobs, and the head of each stream) --------pop--> a worker
//              |    |                                                        ^
//              |    +--prefer--> before the order: first ----------------pop--+
//              +--> behind the job that has the turn of the key --> first
//
// Invariants
// 1. Every job in it is in one place (job_place).
// 2. At most one job of a stream is in the order: its head. The next one is enqueued when that is taken, so streams
//    take turns with each other and with submitted jobs. The head of a preferred stream is in first_ instead. (By key,
//    earlier jobs of the stream may be in first_ or behind a key as well.)
// 3. By key: of the jobs with one key at most one is popped or in first_. Its extra is in holders_; the jobs whose turn
//    came meanwhile are in the list behind it, in order.
// 4. Jobs in first_ go before the order: a job of the same pool waits for them, or they have inherited a key's turn.
#pragma once

#include <cstddef>
#include <cstdint>

#include "braid/base/intrusive_list.hpp"
#include "braid/pool/job_order.hpp"
#include "braid/pool/pool_job.hpp"

namespace braid::detail {

/// Requires external locking.
class job_queue {
 public:
  using job_list = intrusive_list<pool_job, in_queue>;
  struct settings {
    bool by_key = false;
    bool by_rank = false;              ///< The order is by priority.
    std::uint32_t most_passes = 0;     ///< By rank: how often in a row the oldest job is passed over.
    bool gives_up_its_oldest = false;  ///< oldest_submitted() is used.

    /// Returns true if each job needs an extra before it is pushed.
    bool needs_extra() const noexcept { return by_key || by_rank || gives_up_its_oldest; }
  };
  explicit job_queue(const settings& as) noexcept : as_(as), order_(as.by_rank, as.most_passes) {}

  /// Returns true if pop() has nothing. (By key: it may have nothing although this is false.)
  bool empty() const noexcept { return first_.empty() && order_.empty(); }
  /// Returns the number of submitted jobs in it.
  std::size_t submitted() const noexcept { return submitted_; }

  /// Adds a submitted job.
  void push(pool_job& job) noexcept;
  /// Adds a job of a stream.
  void push(stream_jobs& stream, pool_job& job) noexcept;

  /// Takes out the job whose turn it is, for a worker; null if there is none. By key: it has its key's turn until
  /// end_turn().
  pool_job* pop() noexcept;
  /// Call when a popped job has ended: passes the turn of its key on.
  void end_turn(pool_job& job) noexcept {
    if (as_.by_key) pass_key_on(*job.extra_);
    job.place_ = job_place::outside;
  }
  /// Takes back a job. Returns false if it was popped, or is not in the queue.
  bool withdraw(pool_job& job) noexcept;
  /// Takes back all jobs: those behind a key first, then in order, the jobs of a stream together.
  void withdraw_all(job_list& into) noexcept;
  /// Returns the submitted job that has waited longest; null if there is none. Requires settings::gives_up_its_oldest.
  pool_job* oldest_submitted() noexcept {
    job_extra* const oldest = by_age_.front();
    return oldest ? &oldest->job : nullptr;
  }

  /// Puts a job before the others, after the jobs of its key that are ahead of it. Does nothing if it was popped.
  void prefer(pool_job& wanted) noexcept;
  /// Puts the jobs of a stream before the others, those that come as well, until stop_preferring().
  void prefer(stream_jobs& wanted) noexcept;
  void stop_preferring(stream_jobs& stream) noexcept { stream.is_waited_for_ = false; }
  /// Returns true if the stream has a job, and no other job is ahead of it or waits its turn.
  bool stands_alone(const stream_jobs& stream) noexcept {
    return !as_.by_key && first_.empty() && stream.head_ && order_.holds_only(*stream.head_);
  }

 private:
  bool is_head(const pool_job& job) const noexcept { return job.stream_ && job.stream_->head_ == &job; }
  pool_job* pop_in_order() noexcept;
  pool_job* pop_by_key() noexcept;
  void send_next(stream_jobs& stream) noexcept;
  bool go_first(pool_job& job) noexcept;
  job_extra* holder_of(std::size_t key) noexcept;
  void pass_key_on(job_extra& holder) noexcept;
  void put_behind(job_extra& holder, pool_job& job) noexcept;
  void left(pool_job& job) noexcept {
    if (!job.is_submitted_) return;
    if (as_.gives_up_its_oldest) by_age_.erase(*job.extra_);
    --submitted_;
  }
  void put_aside(pool_job& job, job_list& into) noexcept;
  void put_aside_with_stream(pool_job& job, job_list& into) noexcept;

  const settings as_;
  job_order order_;
  job_list first_;
  intrusive_list<job_extra, among_holders> holders_;
  intrusive_list<job_extra, by_age> by_age_;  ///< Submitted jobs, if settings::gives_up_its_oldest.
  std::size_t submitted_ = 0;
};

}  // namespace braid::detail
