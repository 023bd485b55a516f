// Time that stands still while the run is frozen (^Z), so that a job's timeout counts only while the job may run.
//
// Invariant: frozen_ is the sum of all pauses that are over; paused_since_ is set during a pause. mutex_ guards both.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace braid::runner {

class run_clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// Returns the time of the run at `now`: `now` without the pauses. Any thread.
  [[nodiscard]] time_point run_time(time_point now) const {
    const std::lock_guard lock(mutex_);
    return paused_since_.value_or(now) - frozen_;
  }

  void pause(time_point now) {
    const std::lock_guard lock(mutex_);
    if (!paused_since_) paused_since_ = now;
  }

  void resume(time_point now) {
    const std::lock_guard lock(mutex_);
    if (paused_since_) frozen_ += now - *paused_since_;
    paused_since_.reset();
  }

 private:
  mutable std::mutex mutex_;
  duration frozen_{};
  std::optional<time_point> paused_since_;
};

}  // namespace braid::runner
