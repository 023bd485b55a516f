// Calls back on the thread of the real clock after a time, and again as long as it is told to.
//
// Invariants
// 1. It is armed, or its owner's on_alarm() runs, or neither; never both, never twice.
// 2. After dismiss() the owner is not touched any more: dismiss() waits for a call that runs. The timer may still be on
//    the clock's way then, and lives until that has let go of it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "braid/base/annotated_mutex.hpp"
#include "braid/runtime/clock.hpp"
#include "braid/runtime/performer.hpp"

namespace braid::detail {

/// Held by a shared_ptr.
class alarm final : public std::enable_shared_from_this<alarm>, private timer, private deferred {
 public:
  class owner {
   public:
    /// When to call again; nothing: not until arm().
    virtual std::optional<std::chrono::microseconds> on_alarm() noexcept = 0;

   protected:
    ~owner() = default;
  };

  explicit alarm(owner& calls) noexcept : owner_(&calls) {}
  ~alarm() = default;
  /// Only while it is neither armed nor at work. Nothing happens once it is dismissed. With no source's lock held.
  void arm(std::chrono::microseconds after) noexcept BRAID_EXCLUDES(mutex_);
  /// The same under a source's lock: it is armed after it, with the wakes.
  void arm_with(wake_chain& wakes, std::chrono::microseconds after) noexcept {
    arms_after_ = after;
    about_to_be_armed_ = shared_from_this();
    wakes.defer(*this);
  }
  /// Not on its own call.
  void dismiss() noexcept BRAID_EXCLUDES(mutex_);

 private:
  bool expire(wake_chain&) noexcept override {
    on_its_way_ = shared_from_this();
    return true;
  }
  void act() noexcept override BRAID_EXCLUDES(mutex_);
  void run_deferred() noexcept override BRAID_EXCLUDES(mutex_) {
    const std::shared_ptr<alarm> alive = std::move(about_to_be_armed_);
    arm(arms_after_);
  }
  void arm_locked(std::chrono::microseconds after, wake_chain& wakes) noexcept BRAID_REQUIRES(mutex_);

  annotated_mutex mutex_;  ///< Covers owner_; held while the owner is called, and while it is armed.
  owner* owner_ BRAID_GUARDED_BY(mutex_);
  std::shared_ptr<alarm> on_its_way_;  ///< From expire() to act(): the clock's.
  std::chrono::microseconds arms_after_{0};
  std::shared_ptr<alarm> about_to_be_armed_;  ///< From arm_with() to arm(): the chain's, as arms_after_.
};

}  // namespace braid::detail
