// The process in which a pool was made: its workers are there.
#pragma once

#include <memory>
#include <string>

#include "braid/base/home_process.hpp"

namespace braid::detail {

class pool_home {
 public:
  /// Returns true in the child of a fork: nothing of the pool goes on there.
  bool has_lost_workers() const noexcept { return !home_.is_here(); }
  /// Ends the program with a sentence if so. Before the pool's lock is taken, which a worker may hold.
  void check_workers() const noexcept {
    if (has_lost_workers()) [[unlikely]]
      used_in_child_of_fork();
  }

 protected:
  /// `name` is the pool's, and may be made after this.
  explicit pool_home(const std::string& name) noexcept : name_(name) {}
  ~pool_home() = default;

 private:
  [[noreturn]] void used_in_child_of_fork() const noexcept;
  const std::string& name_;
  const home_process home_;
};

/// For the end of a pool. In the child of a fork keeps its state, which cannot end there, and returns true.
template<class State>
bool left_to_parent(const std::shared_ptr<State>& pool) {
  if (!pool->has_lost_workers()) return false;
  leave_to_parent(pool);
  return true;
}

}  // namespace braid::detail
