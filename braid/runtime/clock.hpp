// A clock says what time it is and owns the timers that wait for a time.
//
// Invariants
// 1. A timer is in the heap exactly from arm() to expire() or disarm().
// 2. expire() runs under the clock's lock and only claims; what may take long or other locks is done in act(), after
//    the lock is released.
// 3. The same type of time point serves every clock; a manual or simulated clock starts where it likes.
// 4. The armed timers of one select are linked, in the order in which it armed them. Of those that are due together the
//    first one expires, whichever was due first: the order is the select's choice among equals (law O3).
#pragma once

#include <chrono>

#include "braid/base/home_process.hpp"
#include "braid/base/pairing_heap.hpp"
#include "braid/runtime/operation.hpp"

namespace braid {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

/// `now + wait`, or the end of time where that cannot be said: time_point::max() is never due, min() always.
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
  /// Not while armed.
  void set_due(time_point due) noexcept { due_ = due; }

  /// It is due and has left the heap. Under the clock's lock: claims, and says whether act() is wanted; then it must
  /// see to it that the timer lives until act() has been called.
  virtual bool expire(wake_chain& wakes) noexcept = 0;
  /// The rest, with no lock held.
  virtual void act() noexcept {}

 protected:
  ~timer() = default;

 private:
  friend class braid::clock;
  time_point due_{};
  timer* next_to_act_ = nullptr;
  const performer* waiting_ = nullptr;  ///< These three while it is armed; null for a timer that is no case.
  timer* armed_before_ = nullptr;       ///< By the same performer.
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

  /// Returns true in the child of a fork, if the thread that serves this clock is the parent's: no timer expires.
  bool has_lost_thread() const noexcept { return has_thread_ && !home_.is_here(); }

  /// `t` will expire when its time has come. O(log n). `waiting` performs a select of which `t` is a case; all its
  /// timers are armed without letting the lock go.
  void arm(detail::timer& t, detail::wake_chain& wakes, const detail::performer* waiting = nullptr) noexcept
      BRAID_REQUIRES(lock_);
  /// `t` will not expire, if it was armed. O(log n).
  void disarm(detail::timer& t) noexcept BRAID_REQUIRES(lock_);

 protected:
  enum class served_by : unsigned char { its_user, own_thread };
  explicit clock(served_by whom = served_by::its_user) noexcept : has_thread_(whom == served_by::own_thread) {}
  /// Ends the program if something still waits on it.
  ~clock();

  /// The earliest deadline has changed; the chain can poke a thread that sleeps until it.
  virtual void on_earlier_deadline(detail::wake_chain&) noexcept {}
  /// Expires every timer that is due at `now`, earliest first, but for those of one select. One thread at a time.
  void fire(time_point now);
  /// The earliest deadline; time_point::max() if nothing is armed.
  time_point earliest() noexcept;

 private:
  void take_out(detail::timer& t) noexcept BRAID_REQUIRES(lock_);
  void separate(detail::timer& t) noexcept BRAID_REQUIRES(lock_);
  detail::timer& take_out_next(time_point now) noexcept BRAID_REQUIRES(lock_);

  const bool has_thread_;
  const detail::home_process home_;
  detail::pairing_heap<detail::timer, detail::earlier> timers_ BRAID_GUARDED_BY(lock_);
  detail::timer* last_case_ BRAID_GUARDED_BY(lock_) = nullptr;  ///< The last armed for a select, while it is armed.
};

/// The machine's steady clock. One process-wide thread serves its timers: made with the first one that is armed,
/// asleep untimed while none is. It blocks all signals and is never stopped. Precision: the kernel's, about 60 us.
clock& real_clock();

namespace detail {
/// The calling thread serves the real clock: if it waited, no timer of the process would fire any more.
bool on_clock_thread() noexcept;
}  // namespace detail

/// A clock for tests: it stands still until advance() moves it, which fires what has become due on the calling
/// thread. Outlives everything that waits on it.
class manual_clock final : public clock {
 public:
  explicit manual_clock(time_point start = time_point{} + std::chrono::hours(1)) noexcept;
  time_point now() const noexcept override;
  /// Moves the time on and fires, deadline by deadline, what is due. Throws std::invalid_argument if `by` is negative.
  /// One thread at a time.
  void advance(duration by);

 private:
  void set(time_point now) noexcept BRAID_EXCLUDES(lock_);
  detail::atomic<duration::rep> now_;  ///< Written under the lock: time stands still for a select that holds it.
};

}  // namespace braid
