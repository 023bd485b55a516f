#include "style.hpp"

#include "braid/base/atomic.hpp"

namespace accounting {
namespace {
thread_local unsigned long own_sleeps = 0;
}

unsigned long sleeps() noexcept {
  return own_sleeps;
}

/// Stands before braid::detail::futex_wait and spin_until, which comes first in a wait that may be short: the linker
/// sends every call of them here (--wrap in CMakeLists.txt).
void count_sleep() noexcept {
  ++own_sleeps;
}

}  // namespace accounting

extern "C" {
void __real__ZN5braid6detail10futex_waitERKSt6atomicIjEj(const std::atomic<std::uint32_t>& word,
                                                         std::uint32_t expected) noexcept;
void __wrap__ZN5braid6detail10futex_waitERKSt6atomicIjEj(const std::atomic<std::uint32_t>& word,
                                                         std::uint32_t expected) noexcept {
  accounting::count_sleep();
  __real__ZN5braid6detail10futex_waitERKSt6atomicIjEj(word, expected);
}
void __real__ZN5braid6detail10spin_untilERKSt6atomicIjEj(const std::atomic<std::uint32_t>& word,
                                                         std::uint32_t wanted) noexcept;
void __wrap__ZN5braid6detail10spin_untilERKSt6atomicIjEj(const std::atomic<std::uint32_t>& word,
                                                         std::uint32_t wanted) noexcept {
  accounting::count_sleep();
  __real__ZN5braid6detail10spin_untilERKSt6atomicIjEj(word, wanted);
}
}
