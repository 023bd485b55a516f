// Decides whether the driver of a stage may run items itself.
//
// A function that runs cannot be moved to another thread, and while the driver runs one it sees no result. So the
// driver runs items only while they are known to be short, and helper threads run the others:
//   unproven  from the start: helpers run the items. 32 in a row of less than 50 us each prove that items are short.
//   held      the driver runs items itself, at no cost beyond that of the items.
//   lost      for the rest of the run, after an item, or a pull of its input, that kept the driver for 200 us or more.
// So the driver runs at most one slow item of a run. An item counts as slow if it slept or computed, not if the system
// preempted the thread (thread_usage.hpp).
//
// The timer of the stage finds the slow item by seeing the same item at two looks, so a short item costs no clock
// reading. If the timer looks once a millisecond, an item of a millisecond or less may pass unseen.
#pragma once

#include <chrono>
#include <cstdint>

#include "braid/runtime/thread_usage.hpp"

namespace braid::detail {

/// Requires outside locking, except for was_preempted().
class driver_permit {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  using time_point = std::chrono::steady_clock::time_point;

#ifdef BRAID_EXPLORE  // both phases in a few items, and no step depends on a duration
  static constexpr int items_to_prove = 1;
  static constexpr nanoseconds short_item = nanoseconds::max(), slow_item{0};
#else
  static constexpr int items_to_prove = 32;
  static constexpr nanoseconds short_item{50'000}, slow_item{200'000};
#endif

  /// Lets the driver run every item: no thread can help it, or the test that drives it wants none.
  void hold_always() noexcept {
    state_ = state::always;
  }
  bool is_held() const noexcept {
    return state_ >= state::held;
  }
  /// Call when a helper has run an item in `took`, including its pull. Returns true if that has given the permit.
  bool item_took(nanoseconds took) noexcept {
    if (state_ != state::unproven) return false;
    short_ones_ = took < short_item ? short_ones_ + 1 : 0;
    if (short_ones_ < items_to_prove) return false;
    state_ = state::held;
    return true;
  }

  // --- the driver's item ---

  bool is_at_work() const noexcept {
    return at_work_;
  }
  void begins() noexcept {
    at_work_ = true;
    ++item_;
  }
  /// Returns true if the timer has taken the permit meanwhile; then judge() must follow.
  bool ends() noexcept {
    at_work_ = false;
    return state_ == state::suspended;
  }
  /// Gives the permit back if the item took long only because its thread was preempted.
  void judge(bool preempted) noexcept {
    state_ = preempted ? state::held : state::lost;
  }

  /// Called by the timer. Takes the permit if the driver is still in the item that a look saw 200 us ago or more.
  void look(time_point now, const thread_usage& driver) noexcept {
    if (!at_work_ || state_ != state::held) return;
    if (seen_ != item_) {
      seen_ = item_;
      seen_at_ = now;
      cpu_at_look_ = driver.cpu_time();
    } else if (now - seen_at_ >= slow_item) {
      state_ = state::suspended;
    }
  }
  /// Requires the driver's thread, between ends() and judge(); `driver` is from before the item.
  bool was_preempted(time_point now, const thread_usage& driver) const noexcept {
    const nanoseconds computed = driver.cpu_time() - cpu_at_look_;
    return 2 * computed < now - seen_at_ && driver.has_only_been_preempted();
  }

 private:
  enum class state : std::uint8_t { unproven, suspended, lost, held, always };

  state state_ = state::unproven;
  bool at_work_ = false;
  int short_ones_ = 0;
  std::uint64_t item_ = 0, seen_ = 0;
  time_point seen_at_;
  nanoseconds cpu_at_look_{0};
};

}  // namespace braid::detail
