#include "braid/process/exit_event.hpp"

#include "braid/base/check.hpp"

namespace braid::process::detail {

void exit_event::happen(const exit_status& status) noexcept {
  braid::detail::wake_chain wakes;  // outlives the guard: no operation is woken under the lock
  const braid::detail::spin_guard guard(lock_);
  status_ = status;
  while (operation* waiting = waiting_.pop_front()) braid::detail::claim(*waiting, wakes);
}

std::optional<exit_status> exit_event::status() noexcept {
  const braid::detail::spin_guard guard(lock_);
  return status_;
}

exit_status exit_wait::result() {
  const std::optional<exit_status> status = event_.status();
  BRAID_CHECK(status.has_value(), "exited() was asked for its result before it was performed");
  mark_finished();
  return *status;
}

bool exit_wait::poll(braid::detail::wake_chain&) {
  event_.lock().assert_held();
  return event_.status_.has_value();
}

void exit_wait::enlist(braid::detail::wake_chain&) noexcept {
  event_.lock().assert_held();
  event_.waiting_.push_back(*this);
}

void exit_wait::withdraw() noexcept {
  if (linked()) unlink();
}

}  // namespace braid::process::detail
