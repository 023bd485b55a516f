// A stop signal for threads that are blocked in poll().
#pragma once

#include <atomic>

#include "braid/process/descriptor.hpp"

namespace braid::process {

/// Rings once and stays rung: the descriptor is readable from then on. Thread rule: any thread for every member.
class bell {
 public:
  /// Throws std::system_error if no descriptor is left.
  bell();

  /// Does not block, does not throw. Calls after the first have no effect.
  void ring() noexcept;

  bool rung() const noexcept { return rung_; }

  /// For poll(): readable once the bell has rung. Never read from it.
  int file() const noexcept { return file_.get(); }

 private:
  descriptor file_;
  std::atomic<bool> rung_{false};
};

}  // namespace braid::process
