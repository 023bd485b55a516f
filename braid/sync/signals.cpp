#include "braid/sync/signals.hpp"

#include <bit>

#include "braid/base/check.hpp"

namespace braid {

signals::signals(std::initializer_list<int> numbers)
    : signal_taker(numbers), performable(static_cast<detail::source&>(*this)) {
  start_taking();
}

signals::~signals() {
  withdraw_if_parked();
  stop_taking();
}

void signals::deliver(std::uint64_t arrived, detail::wake_chain& wakes) noexcept {
  detail::spin_guard guard(lock_);
  pending_ |= arrived & set();
  if (pending_ == 0 || !waiting_) return;
  waiting_ = false;
  if (detail::claim(*this, wakes)) take_lowest();  // else another case has won, and the signal is for the next perform
}

void signals::take_lowest() noexcept {
  won_ = std::countr_zero(pending_) + 1;
  pending_ &= pending_ - 1;
}

bool signals::poll(detail::wake_chain&) {
  lock_.assert_held();
  BRAID_CHECK(is_of_this_process(), "a signals object was made before a fork and used in the child: make one there");
  if (pending_ == 0) return false;
  take_lowest();
  return true;
}

void signals::enlist(detail::wake_chain&) noexcept {
  lock_.assert_held();
  waiting_ = true;
}

void signals::withdraw() noexcept {
  lock_.assert_held();
  waiting_ = false;
}

std::string signals::describe() const {
  std::string text = "signals";
  for (std::uint64_t rest = set(); rest != 0; rest &= rest - 1)
    text += ' ' + std::to_string(std::countr_zero(rest) + 1);
  return text;
}

}  // namespace braid
