// The core of a task group: its children, the end of the last one, and their failures.
//
// Invariants
// 1. live_ counts the children from their spawn until everything of theirs is destroyed: function, arguments, frame.
// 2. The first failure cancels the scope at once. If only needed_ children have to succeed, the last success needed
//    cancels it instead. A child that ends with `cancelled` in a scope that is cancelled already has not failed: it
//    obeyed. A child whose turn starts only then is skipped: its function is never called, it ends with `cancelled`,
//    and it is counted.
// 3. A child's decrement of live_ under the lock is its last touch of the group: a thread that then sees zero may
//    destroy the group.
// 4. A child that failed is the record of its failure: its group keeps it from then on until the outcome is taken. So
//    keeping a failure needs no memory, and none is lost.
// 5. A child is started once: by the executor that it was queued on, or by a joiner that found it in unstarted_ and has
//    a worker's thread to spare (law X1). The child's claim word decides.
// 6. A child's memory is freed when all of its holders have let go. They are: its own share, which lasts to its end
//    and, if it failed, belongs to its group from then on; the share of its future, if it has one; and the executor's
//    queued entry, which the claim word tracks. So the last of the shares and the executor's turn with the entry may
//    end in either order:
//
//      queued --executor--> started --last share--> freed
//      queued --joiner--> helped --last share--> only_queued --executor--> freed
//                         helped --executor--> helped_alone --last share--> freed
//
//    An only_queued child no longer holds anything of its user's, and touches neither its group nor its scope.
// 7. A round lasts from one join to the next. It has its own counts, failures and scope: once a join has taken its
//    outcome, the next round has none of them. scope_ is replaced then, under the lock. No child lives meanwhile, and
//    only a cancel() may read scope_.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>

#include "braid/base/home_process.hpp"
#include "braid/runtime/block_cache.hpp"
#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/executor.hpp"
#include "braid/runtime/performable.hpp"
#include "braid/runtime/task_failure.hpp"

namespace braid::detail {

class child;
struct unstarted;

class group_core final : public source {
 public:
  /// `needed` children have to succeed, and then the others are cancelled; 0 means that all have to succeed.
  group_core(scope_ref scope, std::size_t needed) : env_(scope->env()), scope_(std::move(scope)), needed_(needed) {
    make_causes();
  }
  ~group_core();

  /// For a child, or with the lock held.
  cancel_scope& scope() const noexcept BRAID_UNCHECKED_LOCKING { return *scope_.get(); }
  /// For a cancel, at any time.
  scope_ref scope_now() noexcept BRAID_EXCLUDES(lock_);
  /// Puts the next round under `scope`, which has the same environment. Returns the old scope.
  scope_ref start_round(scope_ref scope) noexcept BRAID_EXCLUDES(lock_);
  /// Returns the scope's environment with an executor in it.
  environment env() const;

  /// Returns true in the child of a fork if children live that run on threads of the parent: they will not end here.
  /// Called with the lock held, or while a child lives. Takes no lock, since a thread of the parent may hold it.
  bool has_lost_children() const noexcept BRAID_UNCHECKED_LOCKING;
  /// Ends the program with a sentence if has_lost_children().
  void check_children() const noexcept;

  /// Counts the child in. `for_joiners_too`: a joiner may start the child, since it does not block its thread.
  void child_queued(child& c, bool for_joiners_too) noexcept BRAID_EXCLUDES(lock_);
  /// Records that a child's function has ended: with `thrown`, or, if that is null, with success. Cancels the siblings
  /// if that decides the group. Returns true if the child failed; child_ended then hands it to the group.
  bool child_settled(child& c, const std::exception_ptr& thrown) noexcept BRAID_EXCLUDES(lock_);
  /// Records that the child's function will not be called.
  void child_skipped() noexcept BRAID_EXCLUDES(lock_);
  void child_ended(child& c, bool failed) noexcept BRAID_EXCLUDES(lock_);

  /// For a thread that is about to block until all children have ended. If it is a worker of the children's executor,
  /// runs the children that have not been started, and never other work (law X1).
  void run_unstarted() noexcept BRAID_EXCLUDES(lock_);

  // For join, with the lock held.
  bool all_ended() const noexcept BRAID_REQUIRES(lock_) { return live_ == 0; }
  std::size_t live() const noexcept BRAID_REQUIRES(lock_) { return live_; }
  void enlist(operation& join) noexcept BRAID_REQUIRES(lock_) { joining_.push_back(join); }

  // The outcome, only when all children have ended.

  struct tally {
    std::size_t succeeded;  ///< Counted only if a number of them is needed.
    std::size_t skipped;
    bool any_cancelled;  ///< A child ended with `cancelled`, or was skipped, because its group was cancelled.
  };
  std::size_t needed() const noexcept { return needed_; }
  std::size_t failures() noexcept BRAID_EXCLUDES(lock_);
  /// Returns the counts and resets them.
  tally take_tally() noexcept BRAID_EXCLUDES(lock_);
  /// Takes the next failure: the first failure first, then the others in the order in which their tasks ended.
  /// `unseen`: drops the failures that a result has thrown already.
  std::optional<task_failure> take_failure(bool unseen) noexcept BRAID_EXCLUDES(lock_);

 private:
  static void make_causes();
  child* claim_unstarted() noexcept BRAID_EXCLUDES(lock_);
  child* pop_failed() noexcept BRAID_EXCLUDES(lock_);

  const environment env_;
  scope_ref scope_ BRAID_GUARDED_BY(lock_);
  const std::size_t needed_;
  std::size_t live_ BRAID_GUARDED_BY(lock_) = 0;
  home_process spawned_in_;  ///< Process of the first living child's spawn. Written under the lock while none lives.
  std::uint32_t spawned_ BRAID_GUARDED_BY(lock_) = 0;
  bool any_cancelled_ BRAID_GUARDED_BY(lock_) = false;
  std::size_t succeeded_ BRAID_GUARDED_BY(lock_) = 0;
  std::size_t skipped_ BRAID_GUARDED_BY(lock_) = 0;
  std::size_t failed_ BRAID_GUARDED_BY(lock_) = 0;
  child* first_failed_ BRAID_GUARDED_BY(lock_) = nullptr;
  /// The other failed children, once they have ended and left their scope, whose link they no longer need.
  intrusive_list<child, in_scope> further_failed_ BRAID_GUARDED_BY(lock_);
  intrusive_list<operation, enlisted> joining_ BRAID_GUARDED_BY(lock_);
  intrusive_list<child, unstarted> unstarted_ BRAID_GUARDED_BY(lock_);  ///< May also hold children started since.
};

/// One child: a function with its arguments, run once. If the function returns a task, also that task's coroutine.
class child : public performer, public list_hook<unstarted>, public recycled {
 public:
  /// Hands the child, made with new, to its group, which owns it from then on. `how` is fresh or blocking.
  static void start(child& c, arrival how);

  /// Called by a joiner under the group's lock. Returns true if the joiner is to start the child.
  bool claim_for_joiner() noexcept {
    std::uint32_t seen = queued;
    return claim_.compare_exchange_strong(seen, helped);
  }
  void start_here() noexcept;
  std::string who() const override { return "task " + std::to_string(number_) + " of its group"; }

 protected:
  /// Called before a wait for the child's end. The child has not ended, so its group exists.
  void check_group() const noexcept { group_.check_children(); }
  explicit child(group_core& group) : performer(group.env(), &group.scope()), group_(group), entry_(*this) {}
  virtual ~child() = default;

  /// Calls the function. Returns the coroutine to drive, or null if nothing is left to do after the call.
  virtual std::coroutine_handle<> call() = 0;
  /// Returns true if the function is called even if the scope is cancelled by then.
  virtual bool begins_always() const noexcept = 0;
  /// Rethrows the exception that the coroutine ended with.
  virtual void check_outcome() = 0;
  /// Destroys function, arguments and frame.
  virtual void clear() noexcept = 0;
  /// Called after clear(), while this still is a living child. Hands the outcome, thrown() or a value, to those that
  /// wait for it.
  virtual void hand_out() noexcept {}
  /// Gives up the one share that the child, later its group, has in this object. The last share calls no_share_left().
  virtual void release() noexcept { no_share_left(); }
  /// Moves the child's name, if it has one, into the record of its failure.
  virtual void put_name_on(task_failure&) noexcept {}

  /// Frees the memory, now or when the executor has let go of the queued entry.
  void no_share_left() noexcept;

  /// Returns the exception that the child ended with; null if it ended well. Valid from hand_out() on.
  const std::exception_ptr& thrown() const noexcept { return thrown_; }
  /// Records that a result has thrown thrown(): the group need not be joined because of it.
  void mark_seen() noexcept { seen_.store(true); }

 private:
  friend class group_core;
  /// The runnable that is queued for the start. An object of its own, since it may still be queued when the child,
  /// started by a joiner, is made ready again.
  class queue_entry final : public runnable {
   public:
    explicit queue_entry(child& of) noexcept : of_(of) {}
    void run() noexcept override { of_.executors_turn(); }

   private:
    child& of_;
  };
  static constexpr std::uint32_t queued = 0, started = 1, helped = 2, only_queued = 3, helped_alone = 4;

  void executors_turn() noexcept;
  void finished() noexcept final;
  void skip() noexcept;
  void settle_and_end(std::exception_ptr why) noexcept;
  void end(bool failed) noexcept;

  group_core& group_;
  queue_entry entry_;
  std::exception_ptr thrown_;
  std::uint32_t number_ = 0;  ///< Index of its spawn in the round.
  atomic<std::uint32_t> claim_{queued};
  atomic<bool> seen_{false};
};

}  // namespace braid::detail
