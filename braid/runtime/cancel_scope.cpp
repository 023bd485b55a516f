#include "braid/runtime/cancel_scope.hpp"

#include <utility>

namespace braid::detail {

cancel_scope::cancel_scope(cancel_scope* parent, const environment& env) : parent_(parent), env_(env) {
  if (!parent_) return;
  parent_->retain();
  if (!parent_->adopt(*this)) {
    why_ = parent_->why();
    cancelled_.store(true);
  }
}

cancel_scope::~cancel_scope() = default;

void cancel_scope::destroy() noexcept {
  // A loop: the last handle on a long chain takes all of it down, and the stack stays flat.
  for (cancel_scope* dead = this; dead;) {
    cancel_scope* const parent = dead->parent_;
    if (parent) parent->orphan(*dead);
    delete dead;
    dead = parent && parent->references_.fetch_sub(1) == 1 ? parent : nullptr;
  }
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

void cancel_scope::enlist_done(operation& waiter) noexcept {
  shard& s = shard_of(&waiter);
  s.lock().assert_held();
  s.waiters.push_back(waiter);
}

void cancel_scope::enroll(performer& task) noexcept {
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
  if (is_cancelled()) {
    if (!stop_.stop_possible()) stop_ = std::move(fresh);
    stop_.request_stop();  // nobody has its token yet, or it was stopped before: no callback runs here
  } else if (!stop_.stop_possible()) {
    stop_ = std::move(fresh);
  }
  return stop_.get_token();
}

void cancel_scope::cancel(const cause& why) {
  cancel_scope* below = nullptr;
  cancel_here(why, below);
  while (cancel_scope* const scope = below) {
    below = scope->next_to_cancel_;
    scope->cancel_here(why, below);
    scope->release();
  }
}

void cancel_scope::cancel_here(const cause& why, cancel_scope*& below) {
  wake_chain wakes;
  cause copy = why;  // before the lock: it may allocate
  std::stop_source stop{std::nostopstate};
  {
    spin_guard guard(lock_);
    if (is_cancelled()) return;
    why_ = std::move(copy);
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
  stop.request_stop();
}

void cancel_scope::shard::claim_all(wake_chain& wakes) {
  while (operation* const waiter = waiters.pop_front()) claim_finished(*waiter, wakes);
}

}  // namespace braid::detail
