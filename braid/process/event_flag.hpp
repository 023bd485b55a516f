// A stop signal for threads that are blocked in poll().
#pragma once

#include <atomic>

#include "braid/base/descriptor.hpp"

namespace braid::process {

/// Once set, it stays set: the descriptor is readable from then on. Thread rule: any thread for every member.
class event_flag {
 public:
  /// Throws std::system_error if no descriptor is left.
  event_flag();

  /// Does not block, does not throw. Calls after the first have no effect.
  void set() noexcept;

  bool is_set() const noexcept { return set_; }

  /// For poll(): readable once the flag is set. Never read from it.
  int file() const noexcept { return file_.get(); }

 private:
  descriptor file_;
  std::atomic<bool> set_{false};
};

}  // namespace braid::process
