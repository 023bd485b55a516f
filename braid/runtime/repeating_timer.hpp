// Calls its owner on the real clock's thread after a time, and again for as long as the owner asks for it.
//
// Invariants
// 1. The timer is armed, or its owner's on_time() runs, or neither; never both, and neither of them twice at a time.
// 2. After dismiss() the owner is not touched any more: dismiss() waits for a running call. The clock may still hold
//    the timer then, which lives until the clock has let go of it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "braid/base/annotated_mutex.hpp"
#include "braid/runtime/clock.hpp"
#include "braid/runtime/performer.hpp"

namespace braid::detail {

/// Must be owned by a shared_ptr.
class repeating_timer final : public std::enable_shared_from_this<repeating_timer>, private timer, private deferred {
 public:
  class owner {
   public:
    /// Returns the time after which to call again, or nothing to be called only after the next arm().
    virtual std::optional<std::chrono::microseconds> on_time() noexcept = 0;

   protected:
    ~owner() = default;
  };

  explicit repeating_timer(owner& calls) noexcept : owner_(&calls) {}
  /// Call before it is armed: starts the clock's thread, if that does not run yet. Throws no_thread_left if there is none.
  static void get_ready();
  ~repeating_timer() = default;
  /// Requires that it is neither armed nor in on_time(), and no source's lock is held. Does nothing after dismiss().
  void arm(std::chrono::microseconds after) noexcept BRAID_EXCLUDES(mutex_);
  /// The same under a source's lock: arms it after the lock is released, together with the wakes.
  void arm_with(wake_chain& wakes, std::chrono::microseconds after) noexcept {
    arms_after_ = after;
    about_to_be_armed_ = shared_from_this();
    wakes.defer(*this);
  }
  /// Must not be called from on_time().
  void dismiss() noexcept BRAID_EXCLUDES(mutex_);

 private:
  bool expire(wake_chain&) noexcept override {
    on_its_way_ = shared_from_this();
    return true;
  }
  void act() noexcept override BRAID_EXCLUDES(mutex_);
  void run_deferred() noexcept override BRAID_EXCLUDES(mutex_) {
    const std::shared_ptr<repeating_timer> alive = std::move(about_to_be_armed_);
    arm(arms_after_);
  }
  void arm_locked(std::chrono::microseconds after, wake_chain& wakes) noexcept BRAID_REQUIRES(mutex_);

  annotated_mutex mutex_;  ///< Guards owner_; held while the owner is called, and while the timer is being armed.
  owner* owner_ BRAID_GUARDED_BY(mutex_);
  std::shared_ptr<repeating_timer> on_its_way_;  ///< Set from expire() to act(); used by the clock.
  std::chrono::microseconds arms_after_{0};
  std::shared_ptr<repeating_timer>
      about_to_be_armed_;  ///< Set from arm_with() to arm(); used by the chain, like arms_after_.
};

}  // namespace braid::detail
