// A clock tells the time and owns the timers that wait for a time.
//
// Invariants
// 1. A timer is in the heap exactly from arm() to expire() or disarm().
// 2. expire() runs under the clock's lock and only claims. Work that may take long or take other locks is done in
//    act(), after the lock is released.
// 3. The same type of time point serves every clock; a manual or simulated clock may start at any time.
// 4. The armed timers of one select are linked, in the order in which it armed them. Of those that are due together,
//    the first in that order expires, whichever was due first. The order is the select's choice among equals (law O3).
#pragma once

#include <chrono>

#include "braid/base/home_process.hpp"
#include "braid/base/pairing_heap.hpp"
#include "braid/runtime/operation.hpp"

namespace braid {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

/// Returns `now + wait`, saturating at time_point::max(), which is never due, and at min(), which always is.
constexpr time_point due_after(time_point now, duration wait) noexcept {
  if (wait > duration::zero() && now > time_point::max() - wait) return time_point::max();
  if (wait < duration::zero() && now < time_point::min() - wait) return time_point::min();
  return now + wait;
}

namespace detail {

/// Something that becomes due on a clock.
class timer : public heap_hook<timer> {
 public:
  time_point due() const noexcept { return due_; }
  /// Requires that the timer is not armed.
  void set_due(time_point due) noexcept { due_ = due; }

  /// Called under the clock's lock when the timer is due and has left the heap. Claims, and returns true if act() is to
  /// be called; then it must ensure that the timer lives until act() has been called.
  virtual bool expire(wake_chain& wakes) noexcept = 0;
  /// Does the rest, with no lock held.
  virtual void act() noexcept {}

 protected:
  ~timer() = default;

 private:
  friend class braid::clock;
  time_point due_{};
  timer* next_to_act_ = nullptr;
  const performer* waiting_ = nullptr;  ///< These three are used while armed; null for a timer that is not a case.
  timer* armed_before_ = nullptr;       ///< Armed by the same performer.
  timer* armed_after_ = nullptr;
};

struct earlier {
  bool operator()(const timer& a, const timer& b) const noexcept { return a.due() < b.due(); }
};

}  // namespace detail

class clock : public detail::source {
 public:
  /// Any thread.
  virtual time_point now() const noexcept = 0;

  /// Starts the thread that serves this clock, if it has one that does not run yet. Called by what will arm a timer,
  /// where it may still fail: arm() cannot. Throws std::system_error or std::bad_alloc.
  void get_ready() {
    if (has_thread_ && home_.is_here() && !is_ready_.load()) start();
  }
  /// Returns true in the child of a fork if the thread that serves this clock runs in the parent: no timer expires.
  bool has_lost_thread() const noexcept { return has_thread_ && !home_.is_here(); }

  /// Adds `t`, which expires when it is due. O(log n). If not null, `waiting` performs a select of which `t` is a case;
  /// all timers of that select are armed without releasing the lock.
  void arm(detail::timer& t, detail::wake_chain& wakes, const detail::performer* waiting = nullptr) noexcept
      BRAID_REQUIRES(lock_);
  /// Removes `t` if it is armed, so that it does not expire. O(log n).
  void disarm(detail::timer& t) noexcept BRAID_REQUIRES(lock_);

 protected:
  enum class served_by : unsigned char { its_user, own_thread };
  explicit clock(served_by whom = served_by::its_user) noexcept : has_thread_(whom == served_by::own_thread) {}
  /// Ends the program if something still waits on the clock.
  ~clock();

  /// Starts the thread and calls is_ready().
  virtual void start() {}
  void is_ready() noexcept { is_ready_.store(true); }
  /// Called when the earliest deadline has changed. The chain can poke a thread that sleeps until that deadline.
  virtual void on_earlier_deadline(detail::wake_chain&) noexcept {}
  /// Expires every timer that is due at `now`, earliest first, except those of one select (invariant 4). One thread at
  /// a time.
  void fire(time_point now);
  /// Returns the earliest deadline; time_point::max() if nothing is armed.
  time_point earliest() noexcept;

 private:
  void take_out(detail::timer& t) noexcept BRAID_REQUIRES(lock_);
  void separate(detail::timer& t) noexcept BRAID_REQUIRES(lock_);
  detail::timer& take_out_next(time_point now) noexcept BRAID_REQUIRES(lock_);

  const bool has_thread_;
  detail::atomic<bool> is_ready_{false};
  const detail::home_process home_;
  detail::pairing_heap<detail::timer, detail::earlier> timers_ BRAID_GUARDED_BY(lock_);
  detail::timer* last_case_ BRAID_GUARDED_BY(lock_) = nullptr;  ///< The last timer armed for a select, while armed.
};

/// Returns the machine's steady clock. One process-wide thread serves its timers. It is started when the first operation
/// of time, rate limiter, deadline, pool or parallel stage is made, and sleeps without a timeout while no timer is armed.
/// It blocks all signals and is never stopped. Precision: the kernel's, about 60 us.
clock& real_clock();

namespace detail {
/// Returns true on the thread that serves the real clock: if it waited, no timer of the process would fire any more.
bool on_clock_thread() noexcept;
}  // namespace detail

/// A clock for tests. The time changes only in advance(), which fires on the calling thread the timers that have become
/// due. Must outlive everything that waits on it.
class manual_clock final : public clock {
 public:
  explicit manual_clock(time_point start = time_point{} + std::chrono::hours(1)) noexcept;
  time_point now() const noexcept override;
  /// Advances the time and fires, deadline by deadline, what is due. Throws std::invalid_argument if `by` is negative.
  /// One thread at a time.
  void advance(duration by);

 private:
  void set(time_point now) noexcept BRAID_EXCLUDES(lock_);
  detail::atomic<duration::rep> now_;  ///< Written under the lock: time stands still for a select that holds the lock.
};

}  // namespace braid
