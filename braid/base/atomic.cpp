#include "braid/base/atomic.hpp"

#ifndef BRAID_EXPLORE

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace braid::detail {
namespace {

long futex(const atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* until) noexcept {
  static_assert(sizeof(atomic<std::uint32_t>) == sizeof(std::uint32_t));
  return syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, until, nullptr, FUTEX_BITSET_MATCH_ANY);
}

void pause_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  asm volatile("yield");
#endif
}

}  // namespace

void futex_wait(const atomic<std::uint32_t>& word, std::uint32_t expected) noexcept {
  futex(word, FUTEX_WAIT_BITSET, expected, nullptr);
}

bool futex_wait_until(const atomic<std::uint32_t>& word, std::uint32_t expected,
                      std::chrono::steady_clock::time_point deadline) noexcept {
  // steady_clock is CLOCK_MONOTONIC on Linux, the clock of FUTEX_WAIT_BITSET's absolute time.
  const auto since_boot = deadline.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since_boot - seconds);
  const timespec until{static_cast<time_t>(seconds.count()), static_cast<long>(rest.count())};
  return futex(word, FUTEX_WAIT_BITSET, expected, &until) == 0 || errno != ETIMEDOUT;
}

void futex_wake_one(const atomic<std::uint32_t>& word) noexcept {
  futex(word, FUTEX_WAKE, 1, nullptr);
}

[[gnu::noinline]] void*& thread_slot() noexcept {
  static thread_local void* slot = nullptr;
  asm volatile("" ::: "memory");  // no caller may keep the address, not even under link-time optimisation
  return slot;
}

[[gnu::noinline]] void*& worker_slot() noexcept {
  static thread_local void* slot = nullptr;
  asm volatile("" ::: "memory");  // as above
  return slot;
}

[[gnu::noinline]] void*& pool_worker_slot() noexcept {
  static thread_local void* slot = nullptr;
  asm volatile("" ::: "memory");  // as above
  return slot;
}

std::int64_t monotonic_ns() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void spin_for(std::int64_t ns) noexcept {
  for (const std::int64_t end = monotonic_ns() + ns; monotonic_ns() < end;) pause_cpu();
}

void spin_wait(const atomic<bool>& word, bool unwanted) noexcept {
  for (int i = 0; i < 100; ++i) {
    // Relaxed: a hint only; the exchange that follows decides and orders.
    if (word.load(std::memory_order_relaxed) != unwanted) return;
    pause_cpu();
  }
  sched_yield();
}

void spin_until(const atomic<std::uint32_t>& word, std::uint32_t wanted) noexcept {
  constexpr int groups = 7, yields = 4;
  for (int step = 0; step < groups + yields; ++step) {
    // Relaxed: a hint only; what follows reads the word again.
    if (word.load(std::memory_order_relaxed) == wanted) return;
    if (step >= groups) sched_yield();
    for (int i = 0; step < groups && i < 1 << step; ++i) pause_cpu();
  }
}

}  // namespace braid::detail

#endif
