// The slots that a run has, one for each job that runs at a time.
//
// Invariants
// 1. slots_ holds each slot from open() to the end of its loan, under the lowest number that was free at open().
// 2. frozen_ is the last request of the run; it has been passed to every slot in slots_.
// mutex_ guards both.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

#include "braid/runner/slot.hpp"

namespace braid::runner {

/// Any thread may call any function.
class slot_set {
 public:
  /// Borrows `shared`.
  explicit slot_set(const slot_surroundings& shared) : shared_(shared) {}

  struct close_slot {
    slot_set* from;
    void operator()(slot* gone) const { from->close(gone->number()); }
  };
  /// Must end before the set does.
  using loan = std::unique_ptr<slot, close_slot>;

  [[nodiscard]] loan open() {
    const std::lock_guard lock(mutex_);
    std::size_t number = 1;
    for (auto each = slots_.begin(); each != slots_.end() && each->first == number; ++each) ++number;
    slot& opened = slots_.try_emplace(number, number, shared_).first->second;
    opened.freeze(frozen_);
    return loan(&opened, close_slot{this});
  }

  /// Returns the number of the input whose job has this process as its child; 0 if there is none.
  [[nodiscard]] std::uint64_t input_of(pid_t child) {
    const std::lock_guard lock(mutex_);
    for (auto& [number, each] : slots_)
      if (const auto input = each.input_of(child)) return input;
    return 0;
  }

  /// Stops the job trees of all slots, including later ones, or lets them continue.
  void freeze(bool frozen) {
    const std::lock_guard lock(mutex_);
    frozen_ = frozen;
    for (auto& [number, each] : slots_) each.freeze(frozen);
  }

 private:
  void close(std::size_t number) {
    const std::lock_guard lock(mutex_);
    slots_.erase(number);
  }

  const slot_surroundings& shared_;
  std::mutex mutex_;
  std::map<std::size_t, slot> slots_;
  bool frozen_ = false;
};

}  // namespace braid::runner
