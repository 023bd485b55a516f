#include "braid/runtime/cancel_scope.hpp"

#include <algorithm>
#include <utility>

#include "braid/base/home_process.hpp"

namespace braid::detail {

namespace {

time_point deadline_above(const cancel_scope* parent, const environment& env) noexcept {
  return parent && parent->env().clock == env.clock ? parent->deadline() : time_point::max();
}

}  // namespace

cancel_scope::cancel_scope(cancel_scope* parent, const environment& env, time_point deadline) noexcept
    : above_(parent),
      values_(parent ? parent->values_ : nullptr),
      deadline_(std::min(deadline, deadline_above(parent, env))),
      env_(env) {}

cancel_scope::cancel_scope(cancel_scope* parent, const environment& env, has_values) noexcept
    : above_(parent), values_(this), deadline_(deadline_above(parent, env)), env_(env) {}

cancel_scope::cancel_scope(cancel_scope* above, const environment& env, detached) noexcept
    : above_(above),
      values_(above ? above->values_ : nullptr),
      is_detached_(true),
      deadline_(time_point::max()),
      env_(env) {}

cancel_scope::~cancel_scope() = default;

void cancel_scope::check_deadlines() const noexcept {
  if (!home_process::is_child_of_fork() || is_cancelled()) return;
  for (const cancel_scope* scope = this; scope; scope = scope->is_detached_ ? nullptr : scope->above_)
    BRAID_CHECK(!scope->has_lost_deadline(),
                "a context with a deadline that was made before fork() is used in the child process, which has no "
                "thread that would end it: make it after the fork");
}

void cancel_scope::link() {
  if (!above_) return;
  above_->retain();
  linked_ = true;
  if (is_detached_ || above_->adopt(*this) || is_cancelled()) return;
  why_ = above_->why_;
  cancelled_.store(true);
}

void cancel_scope::release() noexcept {
  // A loop, since the last reference to a child may hold the last one to its parent, and so on up a long chain.
  for (cancel_scope* scope = this; scope && scope->references_.fetch_sub(1) == 1;) {
    cancel_scope* const above = scope->linked_ ? scope->above_ : nullptr;
    if (above && !scope->is_detached_) above->orphan(*scope);
    // A value of the scope may hold another context, and so on.
    end_flat(scope->end_, [](chain_link& link) noexcept { delete &static_cast<last_end&>(link).of; });
    scope = above;
  }
}

const void* cancel_scope::find_value(const void* key) const noexcept {
  for (const cancel_scope* scope = values_; scope; scope = scope->above_ ? scope->above_->values_ : nullptr)
    if (const void* const value = scope->own_value(key)) return value;
  return nullptr;
}

bool cancel_scope::try_retain() noexcept {
  std::uint32_t seen = references_.load();
  while (seen != 0)
    if (references_.compare_exchange_strong(seen, seen + 1)) return true;
  return false;
}

bool cancel_scope::adopt(cancel_scope& child) noexcept {
  spin_guard guard(lock_);
  if (is_cancelled()) return false;
  children_.push_back(child);
  return true;
}

void cancel_scope::orphan(cancel_scope& child) noexcept {
  spin_guard guard(lock_);
  if (child.list_hook<in_parent>::linked()) children_.erase(child);
}

void cancel_scope::enlist_done(operation& waiter, source& at) noexcept {
  check_deadlines();
  shard& s = static_cast<shard&>(at);
  s.lock().assert_held();
  s.waiters.push_back(waiter);
}

void cancel_scope::enroll(performer& task) noexcept {
  check_deadlines();
  spin_guard guard(lock_);
  performers_.push_back(task);
}

void cancel_scope::leave(performer& task) noexcept {
  spin_guard guard(lock_);
  performers_.erase(task);
}

std::stop_token cancel_scope::stop_token() {
  std::stop_source fresh;
  spin_guard guard(lock_);
  if (!stop_.stop_possible()) {
    if (is_cancelled()) fresh.request_stop();  // no token of it exists yet, so no callback runs
    stop_.swap(fresh);
  }
  // If the source existed when the scope was cancelled, the thread that cancels stops it, possibly after this return.
  return stop_.get_token();
}

void cancel_scope::cancel(std::shared_ptr<const cause> why) noexcept {
  cancel_scope *below = nullptr, *to_stop = nullptr;
  std::stop_source own = cancel_here(why, below);
  while (cancel_scope* const scope = below) {
    below = scope->next_to_cancel_;
    if (scope->cancel_here(why, below).stop_possible()) {
      scope->next_to_cancel_ = std::exchange(to_stop, scope);
    } else {
      scope->release();
    }
  }
  own.request_stop();  // from here on this scope may be gone
  while (cancel_scope* const scope = to_stop) {
    to_stop = scope->next_to_cancel_;
    scope->stop_source().request_stop();
    scope->release();
  }
}

std::stop_source cancel_scope::stop_source() noexcept {
  spin_guard guard(lock_);
  return stop_;
}

std::stop_source cancel_scope::cancel_here(const std::shared_ptr<const cause>& why, cancel_scope*& below) noexcept {
  wake_chain wakes;
  std::stop_source stop{std::nostopstate};
  {
    spin_guard guard(lock_);
    if (is_cancelled()) return stop;
    why_ = why;
    cancelled_.store(true);
    for (performer* task = performers_.front(); task; task = performers_.next(*task))
      if (task->claim_cancelled()) wakes.add(*task);
    while (cancel_scope* const child = children_.pop_front()) {
      if (!child->try_retain()) continue;
      child->next_to_cancel_ = std::exchange(below, child);
    }
    stop = stop_;
  }
  for (shard& s : shards_) {
    spin_guard guard(s.lock());
    s.claim_all(wakes);
  }
  wakes.wake_all();
  return stop;
}

void cancel_scope::shard::claim_all(wake_chain& wakes) {
  while (operation* const waiter = waiters.pop_front()) claim_finished(*waiter, wakes);
}

}  // namespace braid::detail
