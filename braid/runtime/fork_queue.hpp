// The deque of forks of one seat: the holder pushes and pops at one end, thieves take the oldest at the other.
//
// D. Chase, Y. Lev: Dynamic circular work-stealing deque, SPAA 2005; the orders after N. Le, A. Pop, A. Cohen, F. Zappa
// Nardelli: Correct and efficient work-stealing for weak memory models, PPoPP 2013, with ordered operations in place of
// fences. The ring does not grow: if it is full, a new fork is run by its own thread at once.
//
// Invariants
// 1. Only the holder of the seat pushes and pops. Any thread may steal.
// 2. A fork is handed out once, by pop or by steal. For the last fork the two race by compare-exchange on top_.
// 3. Thieves take the oldest fork first. So if a fork was stolen, all older forks of this queue were stolen as well.
#pragma once

#include <array>
#include <cstdint>

#include "braid/base/atomic.hpp"
#include "braid/runtime/runnable.hpp"

namespace braid::detail {

class fork_queue {
 public:
  /// Called by the holder. Returns false if there is no room.
  bool push(runnable& fork) noexcept {
    // Relaxed: the holder's own index.
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);
    // Acquire: a thief has read the cell that it moved top_ past, so the cell may be written.
    if (bottom - top_.load(std::memory_order_acquire) >= capacity) return false;
    // Relaxed: published by the store of bottom_.
    cell(bottom).store(&fork, std::memory_order_relaxed);
    // Release: a thread that sees the new bottom sees the cell and the fork.
    bottom_.store(bottom + 1, std::memory_order_release);
    return true;
  }

  /// Called by the holder. Returns the newest fork, or null if all were stolen.
  runnable* pop() noexcept {
    // Relaxed: the holder's own index.
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed) - 1;
    bottom_.store(bottom);
    std::int64_t top = top_.load();
    if (top < bottom) return cell(bottom).load(std::memory_order_relaxed);  // relaxed: the holder wrote it
    runnable* last = nullptr;
    if (top == bottom && top_.compare_exchange_strong(top, top + 1)) {
      last = cell(bottom).load(std::memory_order_relaxed);  // relaxed: the holder wrote it
    }
    // Relaxed: the queue is empty, so there is nothing to publish.
    bottom_.store(bottom + 1, std::memory_order_relaxed);
    return last;
  }

  /// Any thread. Returns the oldest fork, or null if there is none or another thread was faster.
  runnable* steal() noexcept {
    std::int64_t top = top_.load();
    if (top >= bottom_.load()) return nullptr;
    // Relaxed: ordered by the load of bottom_; thrown away if top_ has moved.
    runnable* const oldest = cell(top).load(std::memory_order_relaxed);
    return top_.compare_exchange_strong(top, top + 1) ? oldest : nullptr;
  }

  bool empty() const noexcept { return top_.load() >= bottom_.load(); }

 private:
#ifdef BRAID_EXPLORE
  static constexpr std::int64_t capacity = 4;
#else
  static constexpr std::int64_t capacity = 512;
#endif
  atomic<runnable*>& cell(std::int64_t i) noexcept {
    return cells_[static_cast<std::size_t>(i % capacity)];
  }

  alignas(64) atomic<std::int64_t> top_{0};
  alignas(64) atomic<std::int64_t> bottom_{0};
  std::array<atomic<runnable*>, static_cast<std::size_t>(capacity)> cells_{};
};

}  // namespace braid::detail
