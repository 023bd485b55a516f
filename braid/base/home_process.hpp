// The process in which an object was made. A child of fork() holds a copy of the object and none of its threads: a call
// that needs them would wait forever. Such an object keeps a home_process and checks it before it takes a lock.
//
// Invariants
// 1. forks_ counts, in each process, the forks that lie between the start of the program and this process. It changes
//    only in the child of a fork, before fork() returns there.
// 2. A fork that skips the handlers of pthread_atfork (vfork, _Fork, a bare clone) is not seen. Its child may only exec
//    or _exit.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <memory>

namespace braid::detail {

class home_process {
 public:
  home_process() noexcept : made_after_(forks()) {}

  /// Returns true if the calling process is the one in which this object was made. Two loads; any thread.
  bool is_here() const noexcept { return made_after_ == forks(); }
  /// Returns true in a child of fork(), and in its children.
  static bool is_child_of_fork() noexcept { return forks() > 0; }

 private:
  // Relaxed: written only while the process has one thread, which starts all others.
  static std::uint32_t forks() noexcept { return forks_.load(std::memory_order_relaxed); }
  static void count_fork() noexcept { forks_.store(forks() + 1, std::memory_order_relaxed); }  // as above

  static inline std::atomic<std::uint32_t> forks_{0};
  static inline const int watches_forks_ = pthread_atfork(nullptr, nullptr, count_fork);
  std::uint32_t made_after_;
};

/// Keeps `parents`, the copy of an object whose threads run in the parent process: it cannot be destroyed in this
/// process.
void leave_to_parent(std::shared_ptr<const void> parents);

}  // namespace braid::detail
