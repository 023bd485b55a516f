// Puts one thread to sleep and wakes it: one 32-bit word and the futex.
//
//   EMPTY --unpark--> NOTIFIED --park--> EMPTY          (the token was there: no sleep)
//   EMPTY --park--> ASLEEP --unpark--> NOTIFIED --park returns--> EMPTY
//
// Invariants
// 1. One thread parks; any thread may unpark. An unpark before the park is not lost; several count as one.
// 2. The unparker's exchange is its last access to the object: the sleeper may destroy the parker as soon as it sees
//    NOTIFIED. The futex call that may follow uses the address alone.
// 3. unpark makes a system call only if the thread sleeps.
#pragma once

#include <chrono>
#include <cstdint>

#include "braid/base/atomic.hpp"

namespace braid::detail {

class parker {
 public:
  /// Waits for the token and takes it. Blocks the thread.
  void park() noexcept {
    if (take()) return;
    while (word_.load() != notified) futex_wait(word_, asleep);
    word_.store(empty);
  }

  /// Polls for the token for some microseconds. If it comes in that time, that costs a thousandth of a sleep and a
  /// wake-up.
  void look_for_token() const noexcept { spin_until(word_, notified); }

  /// Returns true if the token is there; it then stays there until the thread parks. Called by the thread that parks.
  bool has_token() const noexcept { return word_.load() == notified; }

  /// As park, until `deadline` at the latest. Returns false if the deadline passed without a token.
  bool park_until(std::chrono::steady_clock::time_point deadline) noexcept {
    if (take()) return true;
    while (word_.load() != notified) {
      if (!futex_wait_until(word_, asleep, deadline)) {
        // The token may arrive just now: the exchange decides, so that a late token is never left behind unseen.
        return word_.exchange(empty) == notified;
      }
    }
    word_.store(empty);
    return true;
  }

  /// Gives the token, which wakes the thread if it sleeps. Any thread.
  void unpark() noexcept {
    const atomic<std::uint32_t>& address = word_;
    if (word_.exchange(notified) == asleep) futex_wake_one(address);
  }

 private:
  static constexpr std::uint32_t empty = 0, asleep = 1, notified = 2;

  /// Returns true if the token was there. Otherwise the word is ASLEEP.
  bool take() noexcept {
    std::uint32_t seen = empty;
    if (word_.compare_exchange_strong(seen, asleep)) return false;
    word_.store(empty);
    return true;
  }

  atomic<std::uint32_t> word_{empty};
};

}  // namespace braid::detail
