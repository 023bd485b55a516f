// The atomic seam: every lock-free line of braid goes through the names below and nothing else.
//
// In a program they are std::atomic and the Linux futex. With BRAID_EXPLORE defined, tests/explore supplies the
// same names with a schedule point at each operation, so that the real code, not a model of it, is explored.
// Neither std::atomic::wait nor std::counting_semaphore nor std::condition_variable_any is used anywhere:
// libstdc++ 12 loses wake-ups in them (GCC PR98033).
#pragma once

#ifdef BRAID_EXPLORE
#include "explore/atomic.hpp"
#else

#include <atomic>
#include <chrono>
#include <cstdint>

namespace braid::detail {

template<class T>
using atomic = std::atomic<T>;

/// Sleeps while `word` holds `expected`. May return for no reason; async-signal interruptions are absorbed.
void futex_wait(const atomic<std::uint32_t>& word, std::uint32_t expected) noexcept;

/// As futex_wait, but no longer than until `deadline`; false: the deadline passed.
bool futex_wait_until(const atomic<std::uint32_t>& word, std::uint32_t expected,
                      std::chrono::steady_clock::time_point deadline) noexcept;

/// Wakes one sleeper of `word`, which may be gone already: a wake on a dead address is a permitted spurious wake.
void futex_wake_one(const atomic<std::uint32_t>& word) noexcept;

/// Three pointers of the calling thread's own, null at first: the task that it runs, the worker of an executor that it
/// is, and the worker of a pool. Never cached across a suspension: the calls are opaque.
void*& thread_slot() noexcept;
void*& worker_slot() noexcept;
void*& pool_worker_slot() noexcept;

/// Nanoseconds of the monotonic clock, for measuring how long something takes.
std::int64_t monotonic_ns() noexcept;
/// Passes about `ns` nanoseconds on the CPU.
void spin_for(std::int64_t ns) noexcept;

/// One round of a spin: 100 pauses that watch `word`, then the CPU is offered to others.
void spin_wait(const atomic<bool>& word, bool unwanted) noexcept;

}  // namespace braid::detail

#endif
