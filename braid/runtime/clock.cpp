#include "braid/runtime/clock.hpp"

#include <algorithm>
#include <utility>

#include "braid/base/check.hpp"

namespace braid {

void clock::arm(detail::timer& t, detail::wake_chain& wakes) noexcept {
  timers_.push(t);
  if (timers_.top() == &t) on_earlier_deadline(wakes);
}

void clock::disarm(detail::timer& t) noexcept {
  if (t.in_heap()) timers_.erase(t);
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
      detail::timer& t = *timers_.top();
      timers_.pop();
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

void manual_clock::advance(duration by) {
  BRAID_CHECK(by >= duration::zero(), "advance() was given a negative time; a clock goes forward only");
  const time_point end = due_after(now(), by);
  for (time_point next = earliest(); next <= end && next != time_point::max(); next = earliest()) {
    next = std::max(next, now());
    now_.store(next.time_since_epoch().count());
    fire(next);
  }
  now_.store(end.time_since_epoch().count());
  fire(end);  // what was armed since the last look had polled with the old time
}

}  // namespace braid
