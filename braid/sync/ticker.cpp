#include "braid/sync/ticker.hpp"

#include "braid/base/argument.hpp"

namespace braid {

after::after(braid::clock& clock, time_point due) : performable(clock), clock_(clock) {
  clock.get_ready();
  set_due(due);
}

void after::reset(duration wait) {
  set_due(due_after(clock_.now(), wait));
  mark_finished(false);
}

bool after::poll(detail::wake_chain&) {
  if (clock_.now() < due()) return false;
  mark_finished();
  return true;
}

void after::enlist(detail::wake_chain& wakes) noexcept {
  clock_.lock().assert_held();
  clock_.arm(*this, wakes, detail::perform_access::owner(*this));
}

void after::withdraw() noexcept {
  clock_.lock().assert_held();
  clock_.disarm(*this);
}

bool after::expire(detail::wake_chain& wakes) noexcept {
  detail::claim_finished(*this, wakes);
  return false;
}

every::every(braid::clock& clock, duration period)
    : performable(clock), clock_(clock), period_(detail::checked_period("period of every()", period)) {
  clock.get_ready();
  set_due(due_after(clock.now(), period));
}

void every::tick(time_point now) noexcept {
  ticked_ = due();
  set_due(due_after(due() + period_ * ((now - due()) / period_), period_));
}

bool every::poll(detail::wake_chain&) {
  const time_point now = clock_.now();
  if (now < due()) return false;
  tick(now);
  return true;
}

void every::enlist(detail::wake_chain& wakes) noexcept {
  clock_.lock().assert_held();
  clock_.arm(*this, wakes, detail::perform_access::owner(*this));
}

void every::withdraw() noexcept {
  clock_.lock().assert_held();
  clock_.disarm(*this);
}

bool every::expire(detail::wake_chain& wakes) noexcept {
  if (detail::claim(*this, wakes)) tick(due());
  return false;
}

}  // namespace braid
