// A node of the tree of cancellation. A context is a handle on one; a task group makes one for its children.
//
// Invariants
// 1. The flag goes from false to true once. `why` is written before, and read only by who saw the flag.
// 2. A cancel sets the flag, then, under the lock, claims each performer of the scope that is parked and not
//    shielded, and under each shard's lock, each waiter for done; all locks are released before anything is woken,
//    and before a std::stop_callback runs, which it does on the thread that cancels, after everything below has been
//    cancelled: so it may wait for tasks there.
// 3. The parent's lock is released before a child's is taken. A child that is being destroyed is left out.
// 4. A performer is in its scope's list from before its first operation to after its last.
// 5. Lock order: scope lock, shard lock: never both; both are leaves but for a performer's word.
// 6. Chains of scopes are as long as users make them. So a cancel, a look-up and the end of a chain are loops: nothing
//    here calls itself for the scope above or below.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <utility>

#include "braid/base/intrusive_list.hpp"
#include "braid/runtime/clock.hpp"
#include "braid/runtime/errors.hpp"
#include "braid/runtime/flat_end.hpp"
#include "braid/runtime/operation.hpp"

namespace braid::detail {

struct in_parent;

class cancel_scope : public list_hook<in_parent> {
 public:
  /// A child of `parent`, or a root without one. make_scope links it; until then only its maker knows it. `deadline` is
  /// its own, on the clock of `env`.
  cancel_scope(cancel_scope* parent, const environment& env, time_point deadline = time_point::max()) noexcept;
  cancel_scope(const cancel_scope&) = delete;
  cancel_scope& operator=(const cancel_scope&) = delete;

  bool is_cancelled() const noexcept { return cancelled_.load(); }
  const atomic<bool>& flag() const noexcept { return cancelled_; }
  /// Only once cancelled.
  const cause& why() const noexcept { return *why_; }
  const environment& env() const noexcept { return env_; }

  /// Joins the parent's children; born cancelled if the parent is. Once, after construction.
  void link() BRAID_EXCLUDES(lock_);

  /// Cancels this scope and everything below it; the first cause stays. Any thread, no lock held. O(what is below).
  /// Either throws std::bad_alloc at once or reaches everything.
  void cancel(cause why);

  /// Stopped when the scope is cancelled. Allocates at the first call.
  std::stop_token stop_token() BRAID_EXCLUDES(lock_);

  /// The value of `key` of the nearest scope here or above that has one; null if none has. O(scopes with values).
  const void* find_value(const void* key) const noexcept;
  /// The nearest scope here or above that has a value; null if none has.
  cancel_scope* values() const noexcept { return values_; }
  /// The earliest, on the clock of this scope; those above the first scope of another clock are left out.
  time_point deadline() const noexcept { return deadline_; }

  /// Returns true if this node has a deadline that will not end it: in the child of a fork (clock.hpp).
  virtual bool has_lost_deadline() const noexcept { return false; }

  void enroll(performer& task) noexcept BRAID_EXCLUDES(lock_);
  void leave(performer& task) noexcept BRAID_EXCLUDES(lock_);

  void retain() noexcept { references_.fetch_add(1); }
  void release() noexcept;
  /// Retains unless the last reference is gone already.
  bool try_retain() noexcept;

  /// Where an operation that waits for the cancel is kept; chosen by the address of the performer that makes it, so
  /// that many waiters spread, and those of one select are in one line.
  source& done_source(const performer* maker) noexcept { return shard_of(maker); }
  /// `at` is what done_source() gave, with its lock held.
  void enlist_done(operation& waiter, source& at) noexcept;

 protected:
  struct has_values {};
  struct detached {};
  /// One that answers own_value().
  cancel_scope(cancel_scope* parent, const environment& env, has_values) noexcept;
  /// One that has the values of `above` and is not cancelled with it.
  cancel_scope(cancel_scope* above, const environment& env, detached) noexcept;
  virtual ~cancel_scope();

 private:
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
  /// This node only, unless it was cancelled before. Its children, retained, are put in front of `below`. Returns what
  /// is to be stopped once all of them have been cancelled.
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
  cancel_scope* const values_;      ///< This one, or above.
  const bool is_detached_ = false;  ///< A cancel of above_ does not reach it.
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
  /// Takes over one reference that the caller has.
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

/// A new scope of type Scope below `parent`, made of the arguments that follow.
template<class Scope, class... Args>
scope_ref make_scope(cancel_scope* parent, const environment& env, Args&&... args) {
  scope_ref scope = scope_ref::adopt(new Scope(parent, env, std::forward<Args>(args)...));
  scope->link();
  return scope;
}

}  // namespace braid::detail
