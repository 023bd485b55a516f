#include "braid/runtime/group_core.hpp"

#include <utility>

namespace braid::detail {

group_core::~group_core() = default;

environment group_core::env() const {
  environment env = scope_->env();
  env.executor = &env.executor_or_default();
  return env;
}

void group_core::child_queued(child& c, bool for_joiners_too) noexcept {
  spin_guard guard(lock_);
  ++live_;
  if (for_joiners_too) unstarted_.push_back(c);
}

namespace {

bool is_cancelled_exception(const std::exception_ptr& thrown) noexcept {
  try {
    std::rethrow_exception(thrown);
  } catch (const cancelled&) {
    return true;
  } catch (...) {
    return false;
  }
}

/// A list of one, made before the lock is taken; empty if there was no memory for it.
std::list<std::exception_ptr> list_of(const std::exception_ptr& thrown) noexcept {
  try {
    return {thrown};
  } catch (const std::bad_alloc&) {
    return {};
  }
}

}  // namespace

void group_core::child_threw(std::exception_ptr why) noexcept {
  const bool obeyed = scope_->is_cancelled() && is_cancelled_exception(why);
  std::list<std::exception_ptr> further = list_of(why);
  bool first = false;
  {
    spin_guard guard(lock_);
    if (obeyed) {
      outcome_.any_cancelled = true;
    } else if (!outcome_.first_failure) {
      outcome_.first_failure = std::move(why);
      first = true;
    } else {
      outcome_.further.splice(outcome_.further.end(), further);
    }
  }
  if (first) scope_->cancel({error_code::cancelled, "a task of the same group failed"});
}

void group_core::child_ended(child& c) noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  if (c.list_hook<unstarted>::linked()) unstarted_.erase(c);
  if (--live_ > 0) return;
  while (operation* const join = joining_.pop_front()) claim_finished(*join, wakes);
}

void group_core::run_unstarted() noexcept {
  if (worker_of() == nullptr || worker_of() != env().executor) return;
  while (child* const c = claim_unstarted()) c->start_here();
}

/// Claims under the lock: a child that ends takes it before it is freed.
child* group_core::claim_unstarted() noexcept {
  spin_guard guard(lock_);
  while (child* const c = unstarted_.pop_front())
    if (c->claim_for_joiner()) return c;
  return nullptr;
}

auto group_core::take_outcome() noexcept -> outcome {
  spin_guard guard(lock_);
  return std::exchange(outcome_, {});
}

void child::start(child& c, arrival how) {
  executor& on = *c.env().executor;
  c.group_.child_queued(c, how == arrival::fresh);
  c.scope()->enroll(c);
  on.enroll(c);
  on.ready(c.entry_, how);
}

void child::executors_turn() noexcept {
  std::uint32_t seen = queued;
  if (claim_.compare_exchange_strong(seen, started)) return start_here();
  if (seen == helped && claim_.compare_exchange_strong(seen, helped_alone)) return;
  delete this;  // a joiner has run it to its end
}

void child::start_here() noexcept {
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
//  2 its function, arguments and frame are destroyed, still as a living child: they may use channels, but must not
//  block; 3 it leaves its scope and its executor's registry: no cancel reaches it any more; 4 the group counts it out.
//  From here on the group may be gone; 5 its memory goes.
void child::end(std::exception_ptr why) noexcept {
  if (why) group_.child_threw(std::move(why));
  {
    current_performer_guard guard(*this);
    clear();
  }
  scope()->leave(*this);
  env().executor->leave(*this);
  group_.child_ended(*this);
  if (may_be_freed()) delete this;
}

/// False: the executor still has the queued entry, and frees it.
bool child::may_be_freed() noexcept {
  std::uint32_t seen = claim_.load();
  return seen != helped || !claim_.compare_exchange_strong(seen, helped_ended);
}

}  // namespace braid::detail
