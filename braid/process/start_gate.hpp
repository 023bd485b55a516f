// Keeps starts of children apart from decisions about the job of a process.
#pragma once

#include <pthread.h>
#include <time.h>

#include <chrono>

namespace braid::process::detail {

/// Many starts hold it shared. A sweep holds it alone: then every child of ours is either on record or an orphan, never
/// one whose start is under way. A waiting sweep goes before new starts, so a busy pool does not starve it;
/// std::shared_mutex does not promise that. Meets SharedLockable. Thread rule: any; not recursive.
class start_gate {
 public:
  start_gate() noexcept {
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&gate_, &attributes);
    pthread_rwlockattr_destroy(&attributes);
  }
  ~start_gate() { pthread_rwlock_destroy(&gate_); }
  start_gate(const start_gate&) = delete;
  start_gate& operator=(const start_gate&) = delete;

  /// Like lock, but returns false once the time has passed.
  bool try_lock_until(std::chrono::steady_clock::time_point until) noexcept {
    const auto time = std::chrono::duration_cast<std::chrono::nanoseconds>(until.time_since_epoch()).count();
    const timespec limit{static_cast<time_t>(time / 1'000'000'000), static_cast<long>(time % 1'000'000'000)};
    return pthread_rwlock_clockwrlock(&gate_, CLOCK_MONOTONIC, &limit) == 0;
  }
  void lock() noexcept { pthread_rwlock_wrlock(&gate_); }
  void unlock() noexcept { pthread_rwlock_unlock(&gate_); }
  void lock_shared() noexcept { pthread_rwlock_rdlock(&gate_); }
  void unlock_shared() noexcept { pthread_rwlock_unlock(&gate_); }

 private:
  pthread_rwlock_t gate_;
};

}  // namespace braid::process::detail
