// CPU time and context switches of one thread: whether it slept, computed or was preempted.
#pragma once

#include <pthread.h>
#include <time.h>

#include <chrono>

namespace braid::detail {

class thread_usage {
 public:
  /// Counts from now on, for the calling thread. Costs two system calls.
  void begin() noexcept;
  /// Returns true on the thread that called begin().
  bool is_of_this_thread() const noexcept { return begun_ && pthread_equal(thread_, pthread_self()) != 0; }
  /// Returns the CPU time of that thread. Any thread, while the thread of begin() runs.
  std::chrono::nanoseconds cpu_time() const noexcept;
  /// Returns true if, since begin(), the system has taken the CPU from the thread and the thread never slept. Returns
  /// false on any other thread than that of begin().
  bool has_only_been_preempted() const noexcept;

 private:
  bool begun_ = false;
  pthread_t thread_{};
  clockid_t cpu_clock_{};
  long slept_ = 0, preempted_ = 0;
};

}  // namespace braid::detail
