// The one-byte lock of a source.
//
// Invariants
// 1. Held for tens of nanoseconds. No system call, no allocation of unbounded cost and no user code except a T's
//    nothrow move runs under it (law O10).
// 2. unlock() is one store and the holder's last touch of the lock: the thread that takes the lock next may destroy it.
//    A woken operation relies on this (perform.hpp, step 6).
#pragma once

#include "braid/base/atomic.hpp"
#include "braid/base/check.hpp"
#include "braid/base/home_process.hpp"
#include "braid/base/thread_annotations.hpp"

namespace braid::detail {

class BRAID_CAPABILITY("spin lock") spin_lock {
 public:
  spin_lock() = default;
  spin_lock(const spin_lock&) = delete;
  spin_lock& operator=(const spin_lock&) = delete;

  void lock() noexcept BRAID_ACQUIRE() {
    if (held_.exchange(true)) [[unlikely]]
      lock_contended();
  }
  bool try_lock() noexcept BRAID_TRY_ACQUIRE(true) { return !held_.exchange(true); }
  void unlock() noexcept BRAID_RELEASE() {
    // Release: the next holder's exchange sees all that was written under the lock; nothing here needs to be
    // ordered against a later load, and a plain store costs nothing on x86.
    held_.store(false, std::memory_order_release);
  }
  /// Tells the analysis, which cannot follow a lock through a virtual call, that the caller holds it.
  void assert_held() const noexcept BRAID_ASSERT_HELD() {}

 private:
  /// The holder may be a thread that fork() did not copy: then nothing will release the lock in this process.
  [[gnu::noinline]] void lock_contended() noexcept BRAID_UNCHECKED_LOCKING {
    constexpr std::uint32_t rounds_of_seconds = 500'000;
    std::uint32_t rounds = 0;
    do {
      spin_wait(held_, true);
      BRAID_CHECK(++rounds < rounds_of_seconds || !home_process::is_child_of_fork(),
                  "a channel, pool, group or clock of the parent process is used in the child of fork(), and another "
                  "thread was just using it at the fork: make it in the child, after the fork");
    } while (held_.exchange(true));
  }

  atomic<bool> held_{false};
};

struct adopt_lock_t {};
inline constexpr adopt_lock_t adopt_lock;

class BRAID_SCOPED_CAPABILITY spin_guard {
 public:
  /// Requires that `lock` is held already.
  spin_guard(spin_lock& lock, adopt_lock_t) noexcept BRAID_REQUIRES(lock) : lock_(lock) {}
  explicit spin_guard(spin_lock& lock) noexcept BRAID_ACQUIRE(lock) : lock_(lock) { lock_.lock(); }
  ~spin_guard() BRAID_RELEASE() { lock_.unlock(); }
  spin_guard(const spin_guard&) = delete;
  spin_guard& operator=(const spin_guard&) = delete;

 private:
  spin_lock& lock_;
};

}  // namespace braid::detail
