#include "braid/runtime/group_core.hpp"

#include <utility>

namespace braid::detail {

group_core::~group_core() = default;

environment group_core::env() const {
  environment env = scope_->env();
  env.executor = &env.executor_or_default();
  return env;
}

void group_core::child_started() noexcept {
  spin_guard guard(lock_);
  ++live_;
}

void group_core::child_failed(std::exception_ptr why) noexcept {
  bool first = false;
  {
    spin_guard guard(lock_);
    first = errors_.empty();
    errors_.push_back(std::move(why));
  }
  if (first) scope_->cancel({error_code::cancelled, "a task of the same group failed"});
}

void group_core::child_ended() noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  if (--live_ > 0) return;
  while (operation* const join = joining_.pop_front()) claim_finished(*join, wakes);
}

std::vector<std::exception_ptr> group_core::take_errors() noexcept {
  spin_guard guard(lock_);
  return std::exchange(errors_, {});
}

void child::start(child& c) {
  c.group_.child_started();
  c.scope()->enroll(c);
  c.env().executor->enroll(c);
  c.env().executor->ready(c);
}

void child::run() noexcept {
  if (std::exchange(called_, true)) return performer::run();
  std::coroutine_handle<> coroutine;
  {
    current_performer_guard guard(*this);
    try {
      coroutine = call();
    } catch (...) {
      return end(std::current_exception());
    }
  }
  coroutine ? drive(coroutine) : end(nullptr);
}

void child::finished() noexcept {
  try {
    check_outcome();
  } catch (...) {
    return end(std::current_exception());
  }
  end(nullptr);
}

// The end of a child, in this order:
//  1 what it threw is noted, and cancels the siblings;
//  2 its function, arguments and frame are destroyed, still as a living child: they may use channels, even wait;
//  3 it leaves its scope and its executor's registry: no cancel reaches it any more;
//  4 the group counts it out. From here on the group may be gone;
//  5 its memory goes.
void child::end(std::exception_ptr why) noexcept {
  if (why) group_.child_failed(std::move(why));
  {
    current_performer_guard guard(*this);
    clear();
  }
  scope()->leave(*this);
  env().executor->leave(*this);
  group_.child_ended();
  delete this;
}

}  // namespace braid::detail
