// The thread cache for scenarios: one thread, the explored one that calls serve().
#pragma once

#include "braid/base/atomic.hpp"
#include "braid/runtime/parker.hpp"
#include "braid/runtime/runnable.hpp"

namespace explore {

class cached_thread {
 public:
  /// The body of its explored thread, until end().
  void serve() noexcept;
  void end() noexcept;

  /// False: it has work already, and the system no other thread.
  bool give(braid::detail::runnable& work) noexcept;

 private:
  braid::detail::parker sleeper_;
  braid::detail::atomic<braid::detail::runnable*> work_{nullptr};
  braid::detail::atomic<bool> busy_{false};
  braid::detail::atomic<bool> over_{false};
};

/// Of this schedule.
inline cached_thread* the_cached_thread = nullptr;

}  // namespace explore
