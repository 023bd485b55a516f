// Jobs of attached channels that were received before a stop(), and not accepted before it: it gives them, too.
#pragma once

#include <utility>
#include <vector>

#include "braid/base/annotated_mutex.hpp"

namespace braid::detail {

/// All functions: any thread.
template<class Job>
class kept_jobs {
 public:
  /// Returns false, and leaves the job as it is, after refuse().
  bool keep(Job& job) BRAID_EXCLUDES(mutex_) {
    mutex_guard guard(mutex_);
    if (!is_wanted_) return false;
    jobs_.push_back(std::move(job));
    return true;
  }
  /// From now on no stop() gives them: the pool itself goes.
  void refuse() noexcept BRAID_EXCLUDES(mutex_) {
    mutex_guard guard(mutex_);
    is_wanted_ = false;
  }
  std::vector<Job> take() noexcept BRAID_EXCLUDES(mutex_) {
    mutex_guard guard(mutex_);
    return std::exchange(jobs_, {});
  }

 private:
  annotated_mutex mutex_;
  std::vector<Job> jobs_ BRAID_GUARDED_BY(mutex_);
  bool is_wanted_ BRAID_GUARDED_BY(mutex_) = true;
};

}  // namespace braid::detail
