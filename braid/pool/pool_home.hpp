// The process in which a pool was made, and in which its workers are.
#pragma once

#include <memory>
#include <string>

#include "braid/base/home_process.hpp"

namespace braid::detail {

class pool_home {
 public:
  /// Returns true in the child of a fork, where nothing of the pool runs.
  bool has_lost_workers() const noexcept { return !home_.is_here(); }
  /// Ends the program with a message if has_lost_workers(). Call before taking the pool's lock: workers may hold it.
  void check_workers() const noexcept {
    if (has_lost_workers()) [[unlikely]]
      used_in_child_of_fork();
  }

 protected:
  /// `name` belongs to the pool, and may be constructed after this object.
  explicit pool_home(const std::string& name) noexcept : name_(name) {}
  ~pool_home() = default;

 private:
  [[noreturn]] void used_in_child_of_fork() const noexcept;
  const std::string& name_;
  const home_process home_;
};

/// Call at the end of a pool. In the child of a fork, keeps the pool's state, which cannot end there, and returns true.
template<class State>
bool left_to_parent(const std::shared_ptr<State>& pool) {
  if (!pool->has_lost_workers()) return false;
  leave_to_parent(pool);
  return true;
}

}  // namespace braid::detail
