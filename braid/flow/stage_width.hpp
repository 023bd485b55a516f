// How many workers a parallel stage has now, and how much it may have in flight.
//
// The number is fixed, or shared with other stages (shared_width sets it), or a controller's. The controller is told
// each time that due() items are done, and for how long the stage waited for its input. An item costs a comparison.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "braid/flow/concurrency_controller.hpp"
#include "braid/flow/stage_options.hpp"
#include "braid/runtime/clock.hpp"

namespace braid::detail {

/// Part of a stage, guarded by the stage's lock.
class stage_width {
 public:
  stage_width() = default;
  stage_width(const stage_options& options, const environment& env);

  std::size_t workers() const noexcept { return workers_; }
  /// Returns workers + slack (law F1).
  std::size_t most_in_flight() const noexcept { return most_in_flight_; }
  /// Returns the most workers that there will ever be. capacity() returns what may be in flight with these.
  std::size_t most_workers() const noexcept { return most_workers_; }
  std::size_t capacity() const noexcept { return most_workers_ + slack_for(most_workers_); }

  void set(std::size_t workers) noexcept;
  /// Call when f has ended for an item. Returns true if it is time to adapt().
  bool item_done() noexcept { return due_ != 0 && --due_ == 0; }
  /// Returns true if there are more workers than before.
  bool adapt() noexcept;
  /// Call when the worker that is to start an item waits for input, and when it has waited. Both are idempotent.
  void input_is_awaited() noexcept {
    if (adaptive_) adaptive_->starves();
  }
  void input_was_awaited() noexcept {
    if (adaptive_) adaptive_->is_fed();
  }

 private:
  struct adaptive {
    std::chrono::nanoseconds now() const noexcept { return time.now().time_since_epoch(); }
    void starves() noexcept;
    void is_fed() noexcept;
    const clock& time;
    concurrency_controller controller;
    std::optional<std::chrono::nanoseconds> awaited_since{};
    std::chrono::nanoseconds starved{0};
  };

  std::size_t slack_for(std::size_t workers) const noexcept { return slack_ ? slack_->items() : workers; }

  std::size_t workers_ = 1;
  std::size_t most_in_flight_ = 1;
  std::size_t due_ = 0;  ///< How many items before the controller is due; 0 without one.
  std::size_t most_workers_ = 1;
  std::optional<slack> slack_;
  std::unique_ptr<adaptive> adaptive_;  ///< Null if the number is not automatic.
};

}  // namespace braid::detail
