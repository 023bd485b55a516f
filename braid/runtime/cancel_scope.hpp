// A node of the cancellation tree. A context is a handle to one; a task group makes one for its children.
//
// Invariants
// 1. The flag goes from false to true once. why_ is written before that, and read only by threads that have seen the
//    flag set.
// 2. A cancel sets the flag. Then it claims, under the lock, each performer of the scope that is parked and not
//    shielded, and under each shard's lock, each waiter for done. All locks are released before anything is woken and
//    before a std::stop_callback runs. The callback runs on the thread that cancels, after everything below has been
//    cancelled, so it may wait for tasks there.
// 3. The parent's lock is released before a child's is taken. A child that is being destroyed is skipped.
// 4. A performer is in its scope's list from before its first operation until after its last.
// 5. Lock order: the scope lock and a shard's lock are never held together. Both are leaves except for a performer's
//    word.
// 6. Users may build chains of scopes of any length. So a cancel, a look-up and the end of a chain are loops: nothing
//    here calls itself for the scope above or below.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <utility>

#include "braid/base/intrusive_list.hpp"
#include "braid/runtime/clock.hpp"
#include "braid/runtime/constant_cause.hpp"
#include "braid/runtime/flat_end.hpp"
#include "braid/runtime/operation.hpp"

namespace braid::detail {

struct in_parent;

class cancel_scope : public list_hook<in_parent> {
 public:
  /// Makes a child of `parent`, or a root without one. make_scope links it; until then only its maker knows the scope.
  /// `deadline` is the scope's own, on the clock of `env`.
  cancel_scope(cancel_scope* parent, const environment& env, time_point deadline = time_point::max()) noexcept;
  cancel_scope(const cancel_scope&) = delete;
  cancel_scope& operator=(const cancel_scope&) = delete;

  bool is_cancelled() const noexcept { return cancelled_.load(); }
  const atomic<bool>& flag() const noexcept { return cancelled_; }
  /// Only once cancelled.
  const cause& why() const noexcept { return *why_; }
  const environment& env() const noexcept { return env_; }

  /// Adds the scope to the parent's children; it is cancelled at once if the parent is. Called once, after
  /// construction.
  void link() BRAID_EXCLUDES(lock_);

  /// Cancels this scope and everything below it; the first cause is kept. Any thread, with no lock held. O(what is
  /// below). Either throws std::bad_alloc at once or reaches everything.
  void cancel(cause why) { cancel(std::make_shared<const cause>(std::move(why))); }
  void cancel(const constant_cause& why) noexcept { cancel(why.get()); }

  /// Returns a token that is stopped when the scope is cancelled. Allocates at each call.
  std::stop_token stop_token() BRAID_EXCLUDES(lock_);

  /// Returns the value of `key` in the nearest scope, here or above, that has one; null if none has. O(scopes with
  /// values).
  const void* find_value(const void* key) const noexcept;
  /// Returns the nearest scope, here or above, that has a value; null if none has.
  cancel_scope* values() const noexcept { return values_; }
  /// Returns the earliest deadline here and above, on the clock of this scope. The scopes from the first one with
  /// another clock upwards are left out.
  time_point deadline() const noexcept { return deadline_; }

  /// Returns true if this node has a deadline that will not end it, as in the child of a fork (clock.hpp).
  virtual bool has_lost_deadline() const noexcept { return false; }

  void enroll(performer& task) noexcept BRAID_EXCLUDES(lock_);
  void leave(performer& task) noexcept BRAID_EXCLUDES(lock_);

  void retain() noexcept { references_.fetch_add(1); }
  void release() noexcept;
  /// Returns false, and does not retain, if the last reference is gone already.
  bool try_retain() noexcept;

  /// Returns the source for an operation that waits for the cancel. It is chosen by the address of the performer that
  /// makes the operation: waiters are spread over the shards, and those of one select share a shard.
  source& done_source(const performer* maker) noexcept { return shard_of(maker); }
  /// Requires that `at` is the result of done_source() and that its lock is held.
  void enlist_done(operation& waiter, source& at) noexcept;

 protected:
  struct has_values {};
  struct detached {};
  /// Makes a scope that overrides own_value().
  cancel_scope(cancel_scope* parent, const environment& env, has_values) noexcept;
  /// Makes a scope that has the values of `above` and is not cancelled with it.
  cancel_scope(cancel_scope* above, const environment& env, detached) noexcept;
  virtual ~cancel_scope();

 private:
  void cancel(std::shared_ptr<const cause> why) noexcept;
  void check_deadlines() const noexcept;
  virtual const void* own_value(const void*) const noexcept { return nullptr; }
  struct last_end final : chain_link {
    explicit last_end(cancel_scope& scope) noexcept : of(scope) {}
    cancel_scope& of;
  };
  struct shard final : source {
    intrusive_list<operation, enlisted> waiters BRAID_GUARDED_BY(lock_);
    void claim_all(wake_chain& wakes) BRAID_REQUIRES(lock_);
  };
  static constexpr std::size_t shard_count = 4;

  shard& shard_of(const void* address) noexcept {
    return shards_[(reinterpret_cast<std::uintptr_t>(address) >> 7) % shard_count];
  }
  bool adopt(cancel_scope& child) noexcept BRAID_EXCLUDES(lock_);
  void orphan(cancel_scope& child) noexcept BRAID_EXCLUDES(lock_);
  /// Cancels this node only, unless it was cancelled before. Puts its children, retained, in front of `below`. Returns
  /// what is to be stopped once all of them have been cancelled.
  std::stop_source cancel_here(const std::shared_ptr<const cause>& why, cancel_scope*& below) noexcept;
  std::stop_source stop_source() noexcept BRAID_EXCLUDES(lock_);

  atomic<bool> cancelled_{false};
  atomic<std::uint32_t> references_{1};
  spin_lock lock_;  ///< Covers why_ until the flag is set, performers_, children_.
  std::shared_ptr<const cause> why_;
  intrusive_list<performer, in_scope> performers_ BRAID_GUARDED_BY(lock_);
  intrusive_list<cancel_scope, in_parent> children_ BRAID_GUARDED_BY(lock_);
  std::stop_source stop_ BRAID_GUARDED_BY(lock_){std::nostopstate};
  std::array<shard, shard_count> shards_;
  cancel_scope* const above_;       ///< Retained from link() on.
  cancel_scope* const values_;      ///< This scope, or one above.
  const bool is_detached_ = false;  ///< A cancel of above_ does not reach this scope.
  bool linked_ = false;             ///< Set by link(), read at the end.
  const time_point deadline_;
  last_end end_{*this};
  cancel_scope* next_to_cancel_ = nullptr;  ///< Written by the one thread that cancels the parent.
  const environment env_;
};

/// A counted reference to a scope.
class scope_ref {
 public:
  scope_ref() = default;
  /// Takes over one reference that the caller holds.
  static scope_ref adopt(cancel_scope* scope) noexcept { return scope_ref(scope); }
  scope_ref(const scope_ref& other) noexcept : scope_(other.scope_) {
    if (scope_) scope_->retain();
  }
  scope_ref(scope_ref&& other) noexcept : scope_(std::exchange(other.scope_, nullptr)) {}
  scope_ref& operator=(scope_ref other) noexcept {
    std::swap(scope_, other.scope_);
    return *this;
  }
  ~scope_ref() {
    if (scope_) scope_->release();
  }
  cancel_scope* get() const noexcept { return scope_; }
  cancel_scope* operator->() const noexcept { return scope_; }

 private:
  explicit scope_ref(cancel_scope* scope) noexcept : scope_(scope) {}
  cancel_scope* scope_ = nullptr;
};

/// Returns a new Scope below `parent`, linked, made from the arguments that follow.
template<class Scope, class... Args>
scope_ref make_scope(cancel_scope* parent, const environment& env, Args&&... args) {
  scope_ref scope = scope_ref::adopt(new Scope(parent, env, std::forward<Args>(args)...));
  scope->link();
  return scope;
}

}  // namespace braid::detail
