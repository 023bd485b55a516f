#include "braid/runtime/clock.hpp"

#include <algorithm>
#include <utility>

#include "braid/base/argument.hpp"
#include "braid/base/check.hpp"

namespace braid {

void clock::arm(detail::timer& t, detail::wake_chain& wakes, const detail::performer* waiting) noexcept {
  BRAID_CHECK(!has_lost_thread(),
              "a timer or a context that was made before fork() is used in the child process, which has no thread that "
              "serves it: make it after the fork");
  timers_.push(t);
  t.waiting_ = waiting;
  if (waiting) {
    if (last_case_ && last_case_->waiting_ == waiting) {
      t.armed_before_ = last_case_;
      last_case_->armed_after_ = &t;
    }
    last_case_ = &t;
  }
  if (timers_.top() == &t) on_earlier_deadline(wakes);
}

void clock::disarm(detail::timer& t) noexcept {
  if (t.in_heap() && !has_lost_thread()) take_out(t);  // the copy of the parent's heap is no longer served
}

void clock::take_out(detail::timer& t) noexcept {
  timers_.erase(t);
  separate(t);
}

void clock::separate(detail::timer& t) noexcept {
  if (t.armed_before_) t.armed_before_->armed_after_ = t.armed_after_;
  if (t.armed_after_) t.armed_after_->armed_before_ = t.armed_before_;
  t.armed_before_ = t.armed_after_ = nullptr;
  if (last_case_ == &t) last_case_ = nullptr;
}

/// Takes out the earliest timer. If it is a case of a select, takes out instead the first due timer in the order in
/// which the select armed them. This makes the choice, so the other timers of the select are separated.
detail::timer& clock::take_out_next(time_point now) noexcept {
  detail::timer* next = timers_.top();
  for (detail::timer* t = next->armed_before_; t; t = t->armed_before_)
    if (t->due_ <= now) next = t;
  while (next->armed_before_) separate(*next->armed_before_);
  while (next->armed_after_) separate(*next->armed_after_);
  take_out(*next);
  return *next;
}

clock::~clock() {
  detail::spin_guard guard(lock_);
  BRAID_CHECK(timers_.empty(),
              "a clock was destroyed while something waited on it: let it outlive its contexts and timers");
}

time_point clock::earliest() noexcept {
  detail::spin_guard guard(lock_);
  return timers_.empty() ? time_point::max() : timers_.top()->due();
}

void clock::fire(time_point now) {
  detail::wake_chain wakes;
  detail::timer* to_act = nullptr;
  {
    detail::spin_guard guard(lock_);
    while (!timers_.empty() && timers_.top()->due() <= now) {
      detail::timer& t = take_out_next(now);
      if (t.expire(wakes)) t.next_to_act_ = std::exchange(to_act, &t);
    }
  }
  wakes.wake_all();
  while (detail::timer* const t = to_act) {
    to_act = t->next_to_act_;
    t->act();
  }
}

manual_clock::manual_clock(time_point start) noexcept : now_(start.time_since_epoch().count()) {}

time_point manual_clock::now() const noexcept {
  return time_point(duration(now_.load()));
}

void manual_clock::set(time_point now) noexcept {
  detail::spin_guard guard(lock_);
  now_.store(now.time_since_epoch().count());
}

void manual_clock::advance(duration by) {
  detail::checked_argument("nanoseconds of advance()", by.count(), 0);
  const time_point end = due_after(now(), by);
  for (time_point next = earliest(); next <= end && next != time_point::max(); next = earliest()) {
    next = std::max(next, now());
    set(next);
    fire(next);
  }
  set(end);
  fire(end);  // timers armed since the last fire() had polled with the old time
}

}  // namespace braid
