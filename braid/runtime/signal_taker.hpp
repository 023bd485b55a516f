// Delivers signals of the process to takers. Users see sync/signals.hpp.
//
// Invariants
// 1. A signal's handler is installed exactly while a taker has the signal in its set; dispositions_ holds the
//    disposition from before. The handler is installed only while a taker is counted, also at the moment of any fork.
// 2. The handler touches only two atomics, which is safe at any moment. The hub's thread delivers the recorded signals
//    to the takers that exist then.
// 3. A hub is never destroyed. In the child of a fork there is none, and the dispositions are those from before again.
//    The next use there makes a hub.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "braid/runtime/performer.hpp"

namespace braid::detail {

class signal_hub;

/// Takes the signals of a set, in which bit n - 1 stands for signal n.
class signal_taker {
 public:
  /// Called when signals have arrived: those of `arrived` that are in the set. Called by the hub's thread, which wakes
  /// the chain with no lock held.
  virtual void deliver(std::uint64_t arrived, wake_chain& wakes) noexcept = 0;
  std::uint64_t set() const noexcept { return set_; }

 protected:
  /// Throws std::invalid_argument for a number that no program can take, or if there are no numbers.
  explicit signal_taker(std::initializer_list<int> numbers);
  ~signal_taker() = default;

  /// Starts the delivery of its signals. Throws as the constructor does for a signal that the system refuses, and
  /// std::system_error if there is no thread.
  void start_taking();
  /// Ends the delivery. Waits for one that is under way.
  void stop_taking() noexcept;
  /// Returns false in the child of the fork that came after start_taking().
  bool is_of_this_process() const noexcept;

 private:
  const std::uint64_t set_;
  signal_hub* hub_ = nullptr;
};

}  // namespace braid::detail
