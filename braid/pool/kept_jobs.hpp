// Jobs of attached channels that were received, but not accepted, before a stop(), which returns them as well.
#pragma once

#include <new>
#include <utility>
#include <vector>

#include "braid/base/annotated_mutex.hpp"

namespace braid::detail {

/// All functions: any thread.
template<class Job>
class kept_jobs {
 public:
  /// Returns false, and leaves the job as it is, after refuse(), or if there is no memory for it.
  bool keep(Job& job) noexcept BRAID_EXCLUDES(mutex_) {
    mutex_guard guard(mutex_);
    if (!is_wanted_) return false;
    try {
      jobs_.push_back(std::move(job));
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
  /// From now on keep() returns false: the pool itself ends, so no stop() will return the jobs.
  void refuse() noexcept BRAID_EXCLUDES(mutex_) {
    mutex_guard guard(mutex_);
    is_wanted_ = false;
  }
  /// Appends the kept jobs to `to`. Call when no more are kept. Without memory throws std::bad_alloc and keeps them.
  void move_to(std::vector<Job>& to) BRAID_EXCLUDES(mutex_) {
    std::vector<Job> kept;
    swap_with(kept);
    try {
      to.reserve(to.size() + kept.size());
    } catch (...) {
      swap_with(kept);
      throw;
    }
    for (Job& each : kept) to.push_back(std::move(each));
  }

 private:
  void swap_with(std::vector<Job>& other) noexcept BRAID_EXCLUDES(mutex_) {
    mutex_guard guard(mutex_);
    jobs_.swap(other);
  }

  annotated_mutex mutex_;
  std::vector<Job> jobs_ BRAID_GUARDED_BY(mutex_);
  bool is_wanted_ BRAID_GUARDED_BY(mutex_) = true;
};

}  // namespace braid::detail
