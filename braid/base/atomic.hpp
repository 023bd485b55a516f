// The atomic seam: all lock-free code of braid uses the names below and nothing else.
//
// In a program these names are std::atomic and the Linux futex. With BRAID_EXPLORE defined, tests/explore supplies the
// same names with a schedule point at each operation, so that the real code, not a model of it, is explored. Neither
// std::atomic::wait nor std::counting_semaphore nor std::condition_variable_any is used anywhere: libstdc++ 12 loses
// wake-ups in them (GCC PR98033).
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

/// Sleeps while `word` holds `expected`. May wake up spuriously; interruptions by signals are absorbed.
void futex_wait(const atomic<std::uint32_t>& word, std::uint32_t expected) noexcept;

/// As futex_wait, but until `deadline` at the latest. Returns false if the deadline passed.
bool futex_wait_until(const atomic<std::uint32_t>& word, std::uint32_t expected,
                      std::chrono::steady_clock::time_point deadline) noexcept;

/// Wakes one sleeper of `word`, which may be destroyed already: a wake at a dead address is a permitted spurious
/// wake-up.
void futex_wake_one(const atomic<std::uint32_t>& word) noexcept;

/// Return references to three pointers of the calling thread, null at first: its running task, its executor worker and
/// its pool worker. The addresses are never cached across a suspension: the calls are opaque.
void*& thread_slot() noexcept;
void*& worker_slot() noexcept;
void*& pool_worker_slot() noexcept;

/// Returns the nanoseconds of the monotonic clock, for measuring how long something takes.
std::int64_t monotonic_ns() noexcept;
/// Spins on the CPU for about `ns` nanoseconds.
void spin_for(std::int64_t ns) noexcept;

/// Spins for one round: 100 pauses while `word` is `unwanted`, then offers the CPU to other threads. Returns as soon as
/// `word` differs.
void spin_wait(const atomic<bool>& word, bool unwanted) noexcept;

/// Polls for some microseconds whether `word` is `wanted`, and returns as soon as it is: 127 pauses in groups that
/// double, then 4 times the CPU is offered to other threads. (The wait of crossbeam's channels: crossbeam-utils,
/// backoff.rs.)
void spin_until(const atomic<std::uint32_t>& word, std::uint32_t wanted) noexcept;

}  // namespace braid::detail

#endif
