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
  void keep(Job&& job) BRAID_EXCLUDES(mutex_) {
    mutex_guard guard(mutex_);
    jobs_.push_back(std::move(job));
  }
  std::vector<Job> take() noexcept BRAID_EXCLUDES(mutex_) {
    mutex_guard guard(mutex_);
    return std::exchange(jobs_, {});
  }

 private:
  annotated_mutex mutex_;
  std::vector<Job> jobs_ BRAID_GUARDED_BY(mutex_);
};

}  // namespace braid::detail
