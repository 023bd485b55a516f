// The clock's thread for scenarios with a timer: an explored thread that calls the one timer back when its time has
// come, which is at any moment, as far as options::timeouts lets it, and when nothing else can go on.
#pragma once

#include "braid/base/atomic.hpp"
#include "braid/base/spin_lock.hpp"
#include "braid/runtime/clock.hpp"
#include "braid/runtime/parker.hpp"
#include "explore/explore.hpp"

namespace explore {

class timer_thread {
 public:
  /// The body of its explored thread, until end().
  void serve() noexcept;
  void end() noexcept;
  /// The same, of one that nobody has left armed.
  void end_at_rest() noexcept {
    check(armed_.load() == nullptr, "a timer was left armed");
    end();
  }

  void arm(braid::detail::timer& t) noexcept;
  void take_back(braid::detail::timer& t) noexcept;
  /// The same, and waits for a call that runs.
  void disarm(braid::detail::timer& t) noexcept;

 private:
  braid::detail::spin_lock calling_;  ///< Held while it calls.
  braid::detail::parker sleeper_;
  braid::detail::atomic<braid::detail::timer*> armed_{nullptr};
  braid::detail::atomic<bool> over_{false};
};

/// Of this schedule.
inline timer_thread* the_timer_thread = nullptr;

}  // namespace explore
