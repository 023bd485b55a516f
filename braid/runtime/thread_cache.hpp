// Threads that belong to no executor, for work that needs a thread of its own at once, however many there are already.
// A thread whose work is done is kept for 10 s and used again.
#pragma once

#include "braid/base/annotated_mutex.hpp"
#include "braid/base/intrusive_list.hpp"
#include "braid/runtime/parker.hpp"
#include "braid/runtime/runnable.hpp"

namespace braid::detail {

/// One for the process. After a fork the child has none of its threads and makes its own.
class thread_cache {
 public:
  /// Runs `work` on a thread of its own. Returns false, and nothing has happened, if the system has no thread left. Any
  /// thread.
  static bool run(runnable& work) noexcept;

 private:
  struct idle_threads;
  struct idle_thread : list_hook<idle_threads> {
    parker called;
    runnable* work = nullptr;
  };
  template<class>
  friend class fork_safe_singleton;
  thread_cache() = default;

  bool give(runnable& work) noexcept BRAID_EXCLUDES(mutex_);
  void live(runnable* work) noexcept;
  runnable* wait_for_work(idle_thread& me) noexcept BRAID_EXCLUDES(mutex_);

  annotated_mutex mutex_;
  /// The last thread to become idle is used first, so the others reach the idle timeout. The thread that takes one out
  /// must give it work and unpark it once.
  intrusive_list<idle_thread, idle_threads> idle_ BRAID_GUARDED_BY(mutex_);
};

}  // namespace braid::detail
