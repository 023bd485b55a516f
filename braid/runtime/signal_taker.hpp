// Signals of the process, handed to those who take them. sync/signals.hpp is what users see.
//
// Invariants
// 1. A signal's handler is installed exactly while a taker has it in its set; dispositions_ has what was there. The
//    handler is installed only while a taker is counted, at the moment of any fork, too.
// 2. The handler touches two atomics alone, which is safe at any moment. What it noted is delivered by the hub's
// thread,
//    to the takers that are there then.
// 3. A hub is never destroyed. In the child of a fork there is none, and the dispositions are those from before again;
//    the next use there makes one.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "braid/runtime/performer.hpp"

namespace braid::detail {

class signal_hub;

/// Takes the signals of a set, of which bit n - 1 stands for signal n.
class signal_taker {
 public:
  /// Of `arrived` those in the set have come. By the hub's thread, which wakes the chain with no lock held.
  virtual void deliver(std::uint64_t arrived, wake_chain& wakes) noexcept = 0;
  std::uint64_t set() const noexcept { return set_; }

 protected:
  /// Throws std::invalid_argument for a number that no program can take, or none.
  explicit signal_taker(std::initializer_list<int> numbers);
  ~signal_taker() = default;

  /// From now on it is given its signals. Throws as the constructor does for one that the system refuses, and
  /// std::system_error if there is no thread.
  void start_taking();
  /// Waits for a delivery that is under way.
  void stop_taking() noexcept;
  /// Returns false in the child of the fork that came after start_taking().
  bool is_of_this_process() const noexcept;

 private:
  const std::uint64_t set_;
  signal_hub* hub_ = nullptr;
};

}  // namespace braid::detail
