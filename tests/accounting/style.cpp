#include "style.hpp"

#include "braid/base/atomic.hpp"

namespace accounting {
namespace {
thread_local unsigned long own_sleeps = 0;
}

unsigned long sleeps() noexcept {
  return own_sleeps;
}

/// Stands before braid::detail::futex_wait: the linker sends every call of it here (--wrap in CMakeLists.txt).
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
}
