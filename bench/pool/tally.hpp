#pragma once
// Counts what tasks did without making them meet: each thread adds to a number of its own.
//
// Invariants
// 1. A slot is written by its thread alone, and outlives it.
// 2. take() is called when no task runs; that the pool's own wait has returned orders the tasks' additions before it.
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

namespace bench {

class tally {
 public:
  static void add(std::uint64_t value) noexcept { mine().sum += value; }

  // What was added since the last time.
  static std::uint64_t take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::uint64_t sum = 0;
    for (slot& one : slots_) sum += std::exchange(one.sum, 0);
    return sum;
  }

 private:
  struct alignas(64) slot {
    std::uint64_t sum = 0;
  };

  static slot& mine() {
    thread_local slot* const own = &made();
    return *own;
  }
  static slot& made() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return slots_.emplace_back();
  }

  inline static std::mutex mutex_;
  inline static std::deque<slot> slots_;
};

}  // namespace bench
