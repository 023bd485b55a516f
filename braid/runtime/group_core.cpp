#include "braid/runtime/group_core.hpp"

#include <utility>

namespace braid::detail {

namespace {

const constant_cause& sibling_failed() {
  static const constant_cause it(error_code::cancelled, "a task of the same group failed");
  return it;
}
const constant_cause& enough_succeeded() {
  static const constant_cause it(error_code::cancelled, "enough tasks of the same group have succeeded");
  return it;
}

}  // namespace

/// For child_settled(), which must not fail.
void group_core::make_causes() {
  sibling_failed();
  enough_succeeded();
}

group_core::~group_core() = default;

environment group_core::env() const {
  environment env = env_;
  env.executor = &env.executor_or_default();
  return env;
}

scope_ref group_core::scope_now() noexcept {
  spin_guard guard(lock_);
  return scope_;
}

scope_ref group_core::start_round(scope_ref scope) noexcept {
  spin_guard guard(lock_);
  return std::exchange(scope_, std::move(scope));
}

bool group_core::has_lost_children() const noexcept {
  if (spawned_in_.is_here() || live_ == 0) return false;
  const executor* const own = scope_->env().executor;
  return !own || own->has_lost_threads();  // the default executor's threads are always lost
}

void group_core::check_children() const noexcept {
  BRAID_CHECK(!has_lost_children(),
              "a task group with tasks that were spawned before fork() is used in the child process, where they do not "
              "run: make the group after the fork");
}

void group_core::child_queued(child& c, bool for_joiners_too) noexcept {
  spin_guard guard(lock_);
  check_children();
  if (live_++ == 0) spawned_in_ = home_process();
  c.number_ = spawned_++;
  if (for_joiners_too) unstarted_.push_back(c);
}

bool group_core::child_settled(child& c, const std::exception_ptr& thrown) noexcept {
  if (!thrown && needed_ == 0) return false;
  const bool obeyed = thrown && scope().is_cancelled() && is_cancelled_exception(thrown);
  bool decides = false;
  {
    spin_guard guard(lock_);
    if (obeyed) {
      any_cancelled_ = true;
    } else if (!thrown) {
      decides = ++succeeded_ == needed_;
    } else if (++failed_ == 1) {
      first_failed_ = &c;
      decides = needed_ == 0;
    }
  }
  if (decides) scope().cancel(thrown ? sibling_failed() : enough_succeeded());
  return thrown && !obeyed;
}

void group_core::child_skipped() noexcept {
  spin_guard guard(lock_);
  any_cancelled_ = true;
  ++skipped_;
}

void group_core::child_ended(child& c, bool failed) noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  if (c.list_hook<unstarted>::linked()) unstarted_.erase(c);
  if (failed && &c != first_failed_) further_failed_.push_back(c);
  if (--live_ > 0) return;
  while (operation* const join = joining_.pop_front()) claim_finished(*join, wakes);
}

void group_core::run_unstarted() noexcept {
  if (worker_of() == nullptr || worker_of() != env().executor) return;
  while (child* const c = claim_unstarted()) c->start_here();
}

/// Claims under the lock: a child that ends takes the lock before it is freed.
child* group_core::claim_unstarted() noexcept {
  spin_guard guard(lock_);
  while (child* const c = unstarted_.pop_front())
    if (c->claim_for_joiner()) return c;
  return nullptr;
}

std::size_t group_core::failures() noexcept {
  spin_guard guard(lock_);
  return failed_;
}

auto group_core::take_tally() noexcept -> tally {
  spin_guard guard(lock_);
  spawned_ = 0;
  return {std::exchange(succeeded_, 0), std::exchange(skipped_, 0), std::exchange(any_cancelled_, false)};
}

child* group_core::pop_failed() noexcept {
  spin_guard guard(lock_);
  child* const next = first_failed_ ? std::exchange(first_failed_, nullptr) : further_failed_.pop_front();
  if (next) --failed_;
  return next;
}

std::optional<task_failure> group_core::take_failure(bool unseen) noexcept {
  while (child* const c = pop_failed()) {
    task_failure failure{.exception = c->thrown_, .number = c->number_};  // a copy: a future may throw it too
    c->put_name_on(failure);
    const bool wanted = !unseen || !c->seen_.load();
    c->release();
    if (wanted) return failure;
  }
  return std::nullopt;
}

void child::start(child& c, arrival how) {
  executor& on = *c.env().executor;
  c.scope()->enroll(c);
  on.enroll(c);
  c.group_.child_queued(c, how == arrival::fresh);  // from here on a joiner may start it, and it may end
  on.ready(c.entry_, how);
}

void child::executors_turn() noexcept {
  std::uint32_t seen = queued;
  if (claim_.compare_exchange_strong(seen, started)) return start_here();
  if (seen == helped && claim_.compare_exchange_strong(seen, helped_alone)) return;
  delete this;  // a joiner has run it to its end, and no share of it is left
}

// Once the handler of an exception has been left, only the child holds the exception. So the thread that catches it at
// the join is also the one that destroys it.

void child::start_here() noexcept {
  if (is_cancelled() && !begins_always()) return skip();
  std::coroutine_handle<> coroutine;
  std::exception_ptr thrown;
  {
    current_performer_guard guard(*this);
    try {
      coroutine = call();
    } catch (...) {
      thrown = std::current_exception();
    }
  }
  coroutine ? drive(coroutine) : settle_and_end(std::move(thrown));
}

void child::skip() noexcept {
  thrown_ = scope()->why().as_exception();
  group_.child_skipped();
  end(false);
}

void child::finished() noexcept {
  std::exception_ptr thrown;
  try {
    check_outcome();
  } catch (...) {
    thrown = std::current_exception();
  }
  settle_and_end(std::move(thrown));
}

// The end of a child, in this order:
//  1 its outcome (exception, success or skip) is recorded, and cancels the siblings if it decides the group;
//  2 its function, arguments and frame are destroyed while it still is a living child: they may use channels, but must
//    not block; then its value or exception is handed out;
//  3 it leaves its scope and its executor's registry: from here on no cancel reaches it;
//  4 the group decrements live_. From here on the group may be destroyed, and if the child failed, the child as well;
//  5 it gives up its share: its memory is freed, unless a future shares it or the executor still has the queued entry.
void child::settle_and_end(std::exception_ptr why) noexcept {
  thrown_ = std::move(why);
  end(group_.child_settled(*this, thrown_));
}

void child::end(bool failed) noexcept {
  {
    current_performer_guard guard(*this);
    clear();
    hand_out();
  }
  scope()->leave(*this);
  env().executor->leave(*this);
  group_.child_ended(*this, failed);
  if (!failed) release();
}

void child::no_share_left() noexcept {
  thrown_ = nullptr;  // the last object of the user's; a queued entry may keep the memory for long
  std::uint32_t seen = claim_.load();
  if (seen != helped || !claim_.compare_exchange_strong(seen, only_queued)) delete this;
}

}  // namespace braid::detail
