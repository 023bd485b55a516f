// What jobs threw whose futures were dropped: it goes to on_lost_failure, or waits for the pool's drain().
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

  /// By a job under `ctx`. What a cancel of that has thrown is no failure.
  void add(const std::exception_ptr& thrown, const context& ctx) noexcept;
  /// The first that no handler has had, taken; null if there is none.
  std::exception_ptr take() noexcept {
    spin_guard guard(lock_);
    return std::exchange(first_, nullptr);
  }
  /// At the end of the pool: ends the program if one is left, as a task group does.
  void report_rest() noexcept;

 private:
  void report(const std::exception_ptr& thrown) const noexcept;

  const context ctx_;
  const std::string pool_;
  spin_lock lock_;                             ///< Covers the rest.
  bool over_ BRAID_GUARDED_BY(lock_) = false;  ///< The pool has ended: nobody will take it.
  std::exception_ptr first_ BRAID_GUARDED_BY(lock_);
};

}  // namespace braid::detail
