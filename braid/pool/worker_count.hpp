// How many workers a pool has, what they do, and how many more it may have. Pure: it starts and wakes none.
//
//   hired:    comes() .. leaves(); among them those that have been told to leave, and guests
//   running:  job_begins() .. job_ends(); among them those that are lent: they wait for the pool itself
//   at rest:  rests() .. rests_no_more(): workers that wait until all other jobs have ended
//
// Invariants
// 1. A job begins only while free() > 0: running - lent < width. More run only after the width was made smaller, or
//    while workers continue after a wait for the pool, which they do at once.
// 2. Beside the workers that run jobs there is one more, idle or starting, so that a job that is waited for can begin.
#pragma once

#include <algorithm>
#include <cstddef>

namespace braid::detail {

/// Requires external locking.
class worker_count {
 public:
  explicit worker_count(std::size_t width) noexcept : width_(width) {}

  std::size_t width() const noexcept { return width_; }
  void set_width(std::size_t width) noexcept { width_ = width; }

  // --- jobs ---

  std::size_t running() const noexcept { return running_; }
  std::size_t lent() const noexcept { return lent_; }
  /// Workers that run a job and do not wait for the pool.
  std::size_t at_work() const noexcept { return running_ > lent_ ? running_ - lent_ : 0; }
  /// Returns how many more jobs may begin.
  std::size_t free() const noexcept { return width_ > at_work() ? width_ - at_work() : 0; }
  void job_begins() noexcept { ++running_; }
  void job_ends() noexcept { --running_; }
  /// A worker that runs a job waits for the pool: another one may run a job in its place.
  void lends() noexcept { ++lent_; }
  void takes_back() noexcept { --lent_; }

  // --- workers ---

  std::size_t hired() const noexcept { return hired_; }
  /// Returns true if one more worker is needed, where none is idle.
  bool wants_one_more() const noexcept { return staying() < most(); }
  bool has_too_many() const noexcept { return staying() > most(); }
  /// A worker is started, and counts from before it runs. Undone by is_not_started() if there is no thread for it.
  void comes() noexcept { ++hired_; }
  void is_not_started() noexcept { --hired_; }
  /// A worker is told to leave; leaves() follows when it has.
  void is_sent_away() noexcept { ++leaving_; }
  void leaves() noexcept { --hired_, --leaving_; }
  /// A thread runs jobs as a guest, which needs no worker's thread.
  void guest_comes() noexcept { ++hired_, ++guests_; }
  void guest_leaves() noexcept { --hired_, --guests_; }
  /// The submitter of a job runs it: it is a worker meanwhile, and takes no place of the width.
  void caller_comes() noexcept { ++hired_, ++running_, ++lent_; }
  void caller_leaves() noexcept { --hired_, --running_, --lent_; }

  // --- workers that wait for all other jobs ---

  void rests(bool has_job) noexcept { ++resting_, resting_jobs_ += has_job ? 1 : 0; }
  void rests_no_more(bool has_job) noexcept { --resting_, resting_jobs_ -= has_job ? 1 : 0; }
  std::size_t resting() const noexcept { return resting_; }
  /// Returns the jobs of resting workers.
  std::size_t resting_jobs() const noexcept { return resting_jobs_; }

 private:
  std::size_t staying() const noexcept { return hired_ - leaving_; }
  /// running_ is greater than the width and the lent while a worker continues after a wait for the pool.
  std::size_t most() const noexcept { return std::max(width_ + lent_, running_) + 1 + guests_; }

  std::size_t width_;
  std::size_t running_ = 0;
  std::size_t lent_ = 0;
  std::size_t hired_ = 0;    ///< Includes those that are starting.
  std::size_t leaving_ = 0;  ///< Of the hired.
  std::size_t guests_ = 0;   ///< Of the hired.
  std::size_t resting_ = 0;  ///< Of the hired.
  std::size_t resting_jobs_ = 0;
};

}  // namespace braid::detail
