// Where the jobs of a pool wait: first come, first served, or by priority.
#pragma once

#include "braid/pool/pool_job.hpp"

namespace braid::detail {

/// Needs outside locking.
class pool_line {
 public:
  /// 0: first come, first served. Else by rank; the oldest is passed over at most so many times in a row, and each job
  /// has a turn.
  explicit pool_line(std::uint32_t most_passes) noexcept : by_rank_(most_passes > 0), ranks_(most_passes) {}

  bool empty() const noexcept { return by_rank_ ? ranks_.empty() : jobs_.empty(); }
  void push(pool_job& job) noexcept {
    if (by_rank_) return ranks_.push(*job.turn());
    jobs_.push_back(job);
  }
  /// The job that is next, which has left the line; null if it is empty.
  pool_job* pop() noexcept {
    if (!by_rank_) return jobs_.pop_front();
    pool_turn* const first = ranks_.pop();
    return first ? &first->job : nullptr;
  }
  /// What is next was written by another CPU, mostly, and comes here while the one before is worked on.
  void prefetch() noexcept {
    if (!by_rank_) prefetch_lines(jobs_.front());
  }
  void erase(pool_job& job) noexcept {
    if (by_rank_) return ranks_.erase(*job.turn());
    jobs_.erase(job);
  }
  bool holds_only(pool_job& job) noexcept {
    if (by_rank_) return ranks_.holds_only(*job.turn());
    return jobs_.front() == &job && !jobs_.next(job);
  }

 private:
  const bool by_rank_;
  intrusive_list<pool_job, in_line> jobs_;
  ranked_line<pool_turn, in_ranks> ranks_;
};

}  // namespace braid::detail
