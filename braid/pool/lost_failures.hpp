// Exceptions of jobs whose futures were dropped: passed to on_lost_failure, or held for the pool's drain().
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "braid/base/spin_lock.hpp"
#include "braid/sync/task_group.hpp"

namespace braid::detail {

class lost_failures {
 public:
  lost_failures(const context& ctx, std::string pool) : ctx_(ctx), pool_(std::move(pool)) {}

  /// Adds an exception of a job under `ctx`. An exception caused by a cancel of `ctx` does not count as a failure.
  void add(const std::exception_ptr& thrown, const context& ctx) noexcept;
  /// Takes the first exception that no handler got; null if there is none.
  std::exception_ptr take() noexcept {
    spin_guard guard(lock_);
    return std::exchange(first_, nullptr);
  }
  /// Ends the program if an exception is left, as a task group does. Call at the end of the pool.
  void report_rest() noexcept;

 private:
  void report(const std::exception_ptr& thrown) const noexcept;

  const context ctx_;
  const std::string pool_;
  spin_lock lock_;                             ///< Guards the rest.
  bool over_ BRAID_GUARDED_BY(lock_) = false;  ///< The pool has ended: no drain() will take an exception.
  std::exception_ptr first_ BRAID_GUARDED_BY(lock_);
};

}  // namespace braid::detail
