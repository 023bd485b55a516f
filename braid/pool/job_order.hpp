// The order in which a pool's jobs have their turn: first come, first served, or by priority.
#pragma once

#include "braid/pool/pool_job.hpp"

namespace braid::detail {

/// Requires external locking.
class job_order {
 public:
  /// First come, first served, or by rank. By rank, the oldest job is passed over at most `most_passes` times in a row,
  /// and each job has an extra.
  job_order(bool by_rank, std::uint32_t most_passes) noexcept : by_rank_(by_rank), ranks_(most_passes) {}

  bool empty() const noexcept { return by_rank_ ? ranks_.empty() : jobs_.empty(); }
  void push(pool_job& job) noexcept {
    if (by_rank_) return ranks_.push(*job.extra());
    jobs_.push_back(job);
  }
  /// Dequeues the next job; null if there is none.
  pool_job* pop() noexcept {
    if (!by_rank_) return jobs_.pop_front();
    job_extra* const first = ranks_.pop();
    return first ? &first->job : nullptr;
  }
  /// Prefetches the next job while the current one runs: usually another CPU wrote it.
  void prefetch() noexcept {
    if (!by_rank_) prefetch_lines(jobs_.front());
  }
  void erase(pool_job& job) noexcept {
    if (by_rank_) return ranks_.erase(*job.extra());
    jobs_.erase(job);
  }
  /// Iterate over the jobs from the front, if first come, first served; null at the end.
  pool_job* oldest() noexcept { return jobs_.front(); }
  pool_job* after(pool_job& job) noexcept { return jobs_.next(job); }
  bool holds_only(pool_job& job) noexcept {
    if (by_rank_) return ranks_.holds_only(*job.extra());
    return jobs_.front() == &job && !jobs_.next(job);
  }

 private:
  const bool by_rank_;
  intrusive_list<pool_job, in_queue> jobs_;
  aging_queue<job_extra, in_ranks> ranks_;
};

}  // namespace braid::detail
