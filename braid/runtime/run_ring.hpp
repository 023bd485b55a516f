// The run queue of one seat: a ring that its holder fills and empties and from which thieves take halves.
//
// After the local queues of Go's scheduler (runtime/proc.go, runqput, runqget, runqgrab).
//
// Invariants
// 1. Only the holder of the seat pushes and pops; a seat changes hands under a lock. Any thread may take.
// 2. The entries in [head_, tail_) are queued. A thread that moves head_ by compare-exchange owns the entries that it
//    moved past.
// 3. A cell is written only while it lies outside [head_, tail_). A thief that reads a cell which is being reused has
//    an old head_, and its compare-exchange fails.
// 4. Both indices only grow, modulo 2^32.
#pragma once

#include <array>
#include <cstdint>

#include "braid/base/atomic.hpp"
#include "braid/runtime/runnable.hpp"

namespace braid::detail {

template<std::uint32_t Capacity>
class run_ring {
  static_assert((Capacity & (Capacity - 1)) == 0, "a power of two, so that indices may wrap");

 public:
  /// Called by the holder. Returns false if the ring is full.
  bool push(runnable& work) noexcept {
    // Relaxed: the holder's own index.
    const std::uint32_t end = tail_.load(std::memory_order_relaxed);
    // Acquire: a thief has read the cells that it moved head_ past, so they may be written.
    if (end - head_.load(std::memory_order_acquire) == Capacity) return false;
    // Relaxed: published by the store of tail_.
    cell(end).store(&work, std::memory_order_relaxed);
    // Release: a thread that sees the new end sees the cell and the work.
    tail_.store(end + 1, std::memory_order_release);
    return true;
  }

  /// Called by the holder. Returns the oldest, or null.
  runnable* pop() noexcept {
    // Relaxed: the holder's own index; and a wrong head_ makes the compare-exchange fail.
    const std::uint32_t end = tail_.load(std::memory_order_relaxed);
    std::uint32_t begin = head_.load(std::memory_order_relaxed);
    while (begin != end) {
      // Relaxed: the holder wrote it.
      runnable* const work = cell(begin).load(std::memory_order_relaxed);
      if (head_.compare_exchange_strong(begin, begin + 1)) return work;
    }
    return nullptr;
  }

  /// Any thread. Takes the older half, rounded up, into `taken` and returns how many.
  std::uint32_t take_half(runnable_list& taken) noexcept {
    std::array<runnable*, (Capacity + 1) / 2> copied;
    std::uint32_t begin = head_.load();
    for (;;) {
      const std::uint32_t queued = tail_.load() - begin;
      const std::uint32_t count = queued - queued / 2;
      if (count == 0) return 0;
      if (count > copied.size()) {  // the two loads do not belong together
        begin = head_.load();
        continue;
      }
      // Relaxed: ordered by the load of tail_; thrown away if head_ has moved.
      for (std::uint32_t i = 0; i < count; ++i) copied[i] = cell(begin + i).load(std::memory_order_relaxed);
      if (!head_.compare_exchange_strong(begin, begin + count)) continue;
      for (std::uint32_t i = 0; i < count; ++i) taken.push(*copied[i]);
      return count;
    }
  }

  /// Returns how many are queued: exact for the holder while no thread takes, otherwise as of a moment ago.
  std::uint32_t size() const noexcept {
    const std::uint32_t begin = head_.load();  // first: head_ never passes a tail_ that is read later
    return tail_.load() - begin;
  }

 private:
  atomic<runnable*>& cell(std::uint32_t i) noexcept { return cells_[i % Capacity]; }

  alignas(64) atomic<std::uint32_t> head_{0};
  alignas(64) atomic<std::uint32_t> tail_{0};
  std::array<atomic<runnable*>, Capacity> cells_{};
};

}  // namespace braid::detail
