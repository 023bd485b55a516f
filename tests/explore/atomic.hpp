// The seam: what braid/base/atomic.hpp includes instead of std::atomic and the futex calls when it is compiled with
// BRAID_EXPLORE. Same names, same contracts; every operation is a step of the explored schedule, and memory is
// sequentially consistent whatever order is asked for.
//
// An atomic carries a canary: an operation on one that is dead, or whose memory was given back, fails the schedule.
// Its destructor is a step too, so a touch after it is found under partial-order reduction.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "explore/step.hpp"

namespace braid::detail {

template<class T>
class atomic {
  using place = std::source_location;

 public:
  using value_type = T;

  constexpr atomic() noexcept(std::is_nothrow_default_constructible_v<T>) : value_() {}
  constexpr atomic(T value) noexcept : value_(value) {}
  atomic(const atomic&) = delete;
  atomic& operator=(const atomic&) = delete;
  constexpr ~atomic() {
    if (!std::is_constant_evaluated()) bury();
  }

  T load(std::memory_order = std::memory_order_seq_cst, place at = place::current()) const noexcept {
    before(explore::action::load, false, at);
    explore::note(bits(value_), bits(value_));
    return value_;
  }

  void store(T value, std::memory_order = std::memory_order_seq_cst, place at = place::current()) noexcept {
    before(explore::action::store, true, at);
    replace(value);
  }

  T exchange(T value, std::memory_order = std::memory_order_seq_cst, place at = place::current()) noexcept {
    before(explore::action::exchange, true, at);
    return replace(value);
  }

  bool compare_exchange_strong(T& expected, T desired, std::memory_order = std::memory_order_seq_cst,
                               place at = place::current()) noexcept {
    before(explore::action::compare_exchange, true, at);
    if (value_ == expected) {
      replace(desired);
      return true;
    }
    expected = replace(value_);
    return false;
  }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order, std::memory_order,
                               place at = place::current()) noexcept {
    return compare_exchange_strong(expected, desired, std::memory_order_seq_cst, at);
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order = std::memory_order_seq_cst,
                             place at = place::current()) noexcept {
    return compare_exchange_strong(expected, desired, std::memory_order_seq_cst, at);
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order, std::memory_order,
                             place at = place::current()) noexcept {
    return compare_exchange_strong(expected, desired, std::memory_order_seq_cst, at);
  }

  T fetch_add(T n, std::memory_order = std::memory_order_seq_cst, place at = place::current()) noexcept {
    before(explore::action::add, true, at);
    return replace(static_cast<T>(value_ + n));
  }
  T fetch_sub(T n, std::memory_order = std::memory_order_seq_cst, place at = place::current()) noexcept {
    before(explore::action::add, true, at);
    return replace(static_cast<T>(value_ - n));
  }
  T fetch_or(T n, std::memory_order = std::memory_order_seq_cst, place at = place::current()) noexcept {
    before(explore::action::add, true, at);
    return replace(static_cast<T>(value_ | n));
  }
  T fetch_and(T n, std::memory_order = std::memory_order_seq_cst, place at = place::current()) noexcept {
    before(explore::action::add, true, at);
    return replace(static_cast<T>(value_ & n));
  }

  operator T() const noexcept { return load(); }
  T operator=(T value) noexcept { return store(value), value; }
  T operator++() noexcept { return static_cast<T>(fetch_add(T(1)) + T(1)); }
  T operator++(int) noexcept { return fetch_add(T(1)); }
  T operator--() noexcept { return static_cast<T>(fetch_sub(T(1)) - T(1)); }
  T operator--(int) noexcept { return fetch_sub(T(1)); }

 private:
  template<class U>
  friend void spin_wait(const atomic<U>&, U, std::source_location);
  friend bool futex_sleep(const atomic<std::uint32_t>&, std::uint32_t, bool, const std::source_location&);

  static constexpr std::uint32_t alive = 0x600D5EED;
  static constexpr std::uint32_t dead = 0xDEADA70C;
  static constexpr std::uint32_t given_back = 0xDDDDDDDD;

  static std::uint64_t bits(const T& value) noexcept {
    std::uint64_t out = 0;
    std::memcpy(&out, &value, sizeof value < sizeof out ? sizeof value : sizeof out);
    return out;
  }

  static bool differs(const void* self, std::uint64_t unwanted) {
    return bits(static_cast<const atomic*>(self)->value_) != unwanted;
  }

  void before(explore::action what, bool writes, const place& at) const {
    explore::turn({.what = what, .writes = writes, .where = this, .place = at});
    check_alive(at);
  }

  void check_alive(const place& at) const {
    const std::uint32_t canary = canary_;
    if (canary == alive) [[likely]]
      return;
    if (canary == dead) explore::fail("an operation on an atomic that was destroyed", at);
    if (canary == given_back) explore::fail("an operation on an atomic whose memory was freed", at);
    explore::fail("an operation on memory that holds no atomic", at);
  }

  T replace(T value) noexcept {
    explore::note(bits(value_), bits(value));
    T old = value_;
    value_ = value;
    return old;
  }

  void bury() {
    before(explore::action::destroy, true, place::current());
    canary_ = dead;
  }

  T value_;
  volatile std::uint32_t canary_ = alive;
};

/// Blocks until the atomic holds something else than `unwanted`: spinning re-reads that see the same value are one
/// disabled step, so a spin lock's slow path cannot run away.
template<class T>
void spin_wait(const atomic<T>& word, T unwanted, std::source_location at = std::source_location::current()) {
  explore::turn({.what = explore::action::spin,
                 .where = &word,
                 .place = at,
                 .enabled = &atomic<T>::differs,
                 .unwanted = atomic<T>::bits(unwanted)});
  word.check_alive(at);
}

inline bool futex_sleep(const atomic<std::uint32_t>& word, std::uint32_t expected, bool timed,
                        const std::source_location& at) {
  word.before(explore::action::futex_wait, true, at);
  explore::note(word.value_, word.value_);
  if (word.value_ != expected) return true;
  return explore::sleep({.what = explore::action::sleep,
                         .writes = true,
                         .where = &word,
                         .place = at,
                         .enabled = &atomic<std::uint32_t>::differs,
                         .unwanted = expected},
                        timed);
}

/// Returns once woken, or at once if the word holds something else than `expected`.
inline void futex_wait(const atomic<std::uint32_t>& word, std::uint32_t expected,
                       std::source_location at = std::source_location::current()) {
  futex_sleep(word, expected, false, at);
}

/// As futex_wait; false if the deadline passed first, which here is a choice of the schedule.
inline bool futex_wait_until(const atomic<std::uint32_t>& word, std::uint32_t expected,
                             std::chrono::steady_clock::time_point,
                             std::source_location at = std::source_location::current()) {
  return futex_sleep(word, expected, true, at);
}

/// Wakes one sleeper, the one that sleeps longest. The word may be dead by then: a wake-up of an address is no touch.
inline void futex_wake_one(const atomic<std::uint32_t>& word,
                           std::source_location at = std::source_location::current()) {
  explore::turn({.what = explore::action::futex_wake, .writes = true, .where = &word, .place = at});
  explore::wake(&word);
}

/// The calling explored thread's own pointer, null at the start of each schedule.
inline void*& thread_slot() noexcept {
  return explore::locals().slot;
}

inline void*& worker_slot() noexcept {
  return explore::locals().worker;
}

inline void*& pool_worker_slot() noexcept {
  return explore::locals().pool_worker;
}

inline std::int64_t monotonic_ns() noexcept {
  return explore::locals().now += explore::nanoseconds_between_looks;
}
inline void spin_for(std::int64_t) noexcept {}
inline void spin_until(const atomic<std::uint32_t>&, std::uint32_t) noexcept {}

/// What a thread_local object is in a program: made at the explored thread's first use, destroyed at its end.
template<class Own>
Own& explore_own_performer() {
  explore::thread_locals& mine = explore::locals();
  if (mine.own == nullptr) {
    mine.own = new Own;
    mine.destroy = [](void* own) { delete static_cast<Own*>(own); };
  }
  return *static_cast<Own*>(mine.own);
}

}  // namespace braid::detail
