// A seat is the right to run tasks, one at a time, together with the work queued there. The number of an executor's
// seats is its width. A thread that blocks gives its seat to another (executor_threads.hpp).
//
// Invariants
// 1. Only the holder puts work in and takes it in order. Any thread may steal.
// 2. slot_ holds the task to run next, the first that the running slice woke. The holder writes it only while it is
//    empty, so a store is enough. A thread that empties it does so by an exchange.
// 3. slices_ shows thieves whether the holder makes progress. Only the holder writes it.
#pragma once

#include <cstdint>

#include "braid/runtime/fork_queue.hpp"
#include "braid/runtime/run_ring.hpp"
#include "braid/runtime/spread_policy.hpp"

namespace braid::detail {

#ifdef BRAID_EXPLORE
inline constexpr std::uint32_t ring_capacity = 4;
#else
inline constexpr std::uint32_t ring_capacity = 256;
#endif

class seat {
 public:
  explicit seat(std::uint32_t index) noexcept : index_(index) {}
  seat(const seat&) = delete;
  seat& operator=(const seat&) = delete;

  std::uint32_t index() const noexcept { return index_; }
  fork_queue& forks() noexcept { return forks_; }

  /// Called by the holder. `work` runs next if nothing else was woken in this slice. Returns false if the slot is
  /// taken.
  bool put_next(runnable& work) noexcept {
    // Relaxed: only the holder fills the slot; seen empty, it stays empty.
    if (slot_.load(std::memory_order_relaxed)) return false;
    // Release: a thief that takes the slot's work sees that work.
    slot_.store(&work, std::memory_order_release);
    return true;
  }
  /// Called by the holder. Enqueues `work` behind all that is queued. Returns false if the ring is full.
  bool put_last(runnable& work) noexcept { return ring_.push(work); }
  /// Takes the older half of the ring, to make room in it or to give it away. Any thread.
  std::uint32_t take_half(runnable_list& taken) noexcept { return ring_.take_half(taken); }

  /// Called by the holder. Returns what is to run next, or null.
  runnable* next() noexcept {
    if (in_a_row_ < most_in_a_row) {
      if (runnable* const work = take_slot()) return ++in_a_row_, work;
    }
    in_a_row_ = 0;
    if (runnable* const work = ring_.pop()) return work;
    return take_slot();
  }
  /// Called by the holder when another slice begins.
  void begin_slice() noexcept {
    // Relaxed: a hint for thieves.
    slices_.store(slices_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  std::uint32_t slices() const noexcept { return slices_.load(std::memory_order_relaxed); }  // relaxed: as above

  /// Takes the task in the slot; null if there is none. For thieves, and for next().
  runnable* take_slot() noexcept {
    // Relaxed: a hint that saves the exchange.
    return slot_.load(std::memory_order_relaxed) ? slot_.exchange(nullptr) : nullptr;
  }
  bool has_ring_work() const noexcept { return ring_.size() != 0; }

  seat_look look(std::int64_t now_ns) const noexcept {
    // Relaxed: hints; a wrong one makes a thief act too early or too late.
    const std::uint32_t next = slot_.load(std::memory_order_relaxed) ? 1 : 0;
    return {now_ns, slices(), ring_.size() + next};
  }

 private:
  /// A task and its peer could wake each other forever: after this number of slices from the slot the ring has its
  /// turn.
  static constexpr std::uint32_t most_in_a_row = 64;

  const std::uint32_t index_;
  std::uint32_t in_a_row_ = 0;  ///< Used only by the holder.
  alignas(64) atomic<runnable*> slot_{nullptr};
  atomic<std::uint32_t> slices_{0};
  run_ring<ring_capacity> ring_;
  fork_queue forks_;
};

}  // namespace braid::detail
