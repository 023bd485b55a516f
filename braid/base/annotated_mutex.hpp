// std::mutex with clang's thread-safety attributes, for locks under which a thread may sleep.
#pragma once

#include <condition_variable>
#include <mutex>

#include "braid/base/thread_annotations.hpp"

namespace braid::detail {

class BRAID_CAPABILITY("mutex") annotated_mutex {
 public:
  void lock() BRAID_ACQUIRE() { mutex_.lock(); }
  void unlock() BRAID_RELEASE() { mutex_.unlock(); }

 private:
  friend class mutex_guard;
  std::mutex mutex_;
};

class BRAID_SCOPED_CAPABILITY mutex_guard {
 public:
  explicit mutex_guard(annotated_mutex& mutex) BRAID_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~mutex_guard() BRAID_RELEASE() {}

  /// Waits for `wake` with the mutex released. May wake up spuriously, so it must be called in a loop.
  void wait(std::condition_variable& wake) { wake.wait(lock_); }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace braid::detail
