// The core of a task group: who its children are, when the last one has ended, and what went wrong.
//
// Invariants
// 1. live_ counts the children from their spawn until everything of theirs is destroyed: function, arguments, frame.
// 2. The first failure cancels the scope at once, unless so many children have only to succeed; then the last success
//    that was needed does. A child that ends with `cancelled` in a scope that is cancelled already has not failed: it
//    did what it was told. One whose turn comes only then is skipped: its function is never called, it ends with
//    `cancelled`, and it is counted.
// 3. A child's decrement of live_ under the lock is its last touch of the group: whoever then sees zero may destroy it.
// 4. A child that failed is the record of its failure: its group keeps it from there until the outcome is taken. So
//    keeping a failure needs no memory, and none is lost.
// 5. A child is started once: by the executor that it was queued on, or by a joiner that found it in unstarted_ and
//    has a worker's thread to spare (law X1). Its claim word decides.
// 6. A child's memory goes when all who hold it have let go: its own share, which lasts to its end and, if it failed,
//    is its group's from then on; a share of its future, if it has one; and the executor's queued entry, of which the
//    claim word knows. So the last of the shares and the executor's turn with the entry may come in either order:
//
//      queued --executor--> started --last share--> freed
//      queued --joiner--> helped --last share--> only_queued --executor--> freed
//                         helped --executor--> helped_alone --last share--> freed
//
//    An only_queued child holds nothing of its user's any more, and touches neither its group nor its scope.
// 7. A round lasts from a join to the next one. Its counts, failures and scope are its own: once a join has taken its
//    outcome, the next round has none of them. scope_ is replaced then, under the lock; no child lives meanwhile, and
//    only a cancel() may look at it.
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
  /// `needed`: so many children have to succeed, and then the others are cancelled; 0: all have to.
  group_core(scope_ref scope, std::size_t needed) noexcept
      : env_(scope->env()), scope_(std::move(scope)), needed_(needed) {}
  ~group_core();

  /// For a child, and with the lock held.
  cancel_scope& scope() const noexcept BRAID_UNCHECKED_LOCKING { return *scope_.get(); }
  /// For a cancel, at any time.
  scope_ref scope_now() noexcept BRAID_EXCLUDES(lock_);
  /// The next round is under `scope`, which has the same environment. Gives the old one.
  scope_ref start_round(scope_ref scope) noexcept BRAID_EXCLUDES(lock_);
  /// The scope's environment with an executor in it.
  environment env() const;

  /// Returns true in the child of a fork, if children live that run on threads of the parent: they will not end here.
  /// With the lock held, or while a child lives. Takes no lock, since a thread of the parent may hold it.
  bool has_lost_children() const noexcept BRAID_UNCHECKED_LOCKING;
  /// Ends the program with a sentence if so.
  void check_children() const noexcept;

  /// A joiner may start it unless it blocks its thread.
  void child_queued(child& c, bool for_joiners_too) noexcept BRAID_EXCLUDES(lock_);
  /// A child's function has ended: it threw, or (null) it succeeded. Cancels the siblings if that decides the group.
  /// True: it failed, and child_ended hands it to the group.
  bool child_settled(child& c, const std::exception_ptr& thrown) noexcept BRAID_EXCLUDES(lock_);
  /// The child's function will not be called.
  void child_skipped() noexcept BRAID_EXCLUDES(lock_);
  void child_ended(child& c, bool failed) noexcept BRAID_EXCLUDES(lock_);

  /// For a thread that is about to block until all have ended: if it is a worker of the children's executor, runs those
  /// that nobody has started, and never other work (law X1).
  void run_unstarted() noexcept BRAID_EXCLUDES(lock_);

  // For join, with the lock held.
  bool all_ended() const noexcept BRAID_REQUIRES(lock_) { return live_ == 0; }
  std::size_t live() const noexcept BRAID_REQUIRES(lock_) { return live_; }
  void enlist(operation& join) noexcept BRAID_REQUIRES(lock_) { joining_.push_back(join); }

  // The outcome, only when all have ended.

  struct tally {
    std::size_t succeeded;  ///< Counted only where a number of them is needed.
    std::size_t skipped;
    bool any_cancelled;  ///< A child ended with `cancelled`, or was skipped, because its group was cancelled.
  };
  std::size_t needed() const noexcept { return needed_; }
  std::size_t failures() noexcept BRAID_EXCLUDES(lock_);
  /// Takes the counts; they start again.
  tally take_tally() noexcept BRAID_EXCLUDES(lock_);
  /// The next failure, the first first and the others in the order in which their tasks ended. `unseen`: passes over,
  /// and forgets, what a result has thrown already.
  std::optional<task_failure> take_failure(bool unseen) noexcept BRAID_EXCLUDES(lock_);

 private:
  child* claim_unstarted() noexcept BRAID_EXCLUDES(lock_);
  child* pop_failed() noexcept BRAID_EXCLUDES(lock_);

  const environment env_;
  scope_ref scope_ BRAID_GUARDED_BY(lock_);
  const std::size_t needed_;
  std::size_t live_ BRAID_GUARDED_BY(lock_) = 0;
  home_process spawned_in_;  ///< The first of those that live. Written under the lock while none lives.
  std::uint32_t spawned_ BRAID_GUARDED_BY(lock_) = 0;
  bool any_cancelled_ BRAID_GUARDED_BY(lock_) = false;
  std::size_t succeeded_ BRAID_GUARDED_BY(lock_) = 0;
  std::size_t skipped_ BRAID_GUARDED_BY(lock_) = 0;
  std::size_t failed_ BRAID_GUARDED_BY(lock_) = 0;
  child* first_failed_ BRAID_GUARDED_BY(lock_) = nullptr;
  /// The others, once they have ended and left their scope, whose link they no longer need.
  intrusive_list<child, in_scope> further_failed_ BRAID_GUARDED_BY(lock_);
  intrusive_list<operation, enlisted> joining_ BRAID_GUARDED_BY(lock_);
  intrusive_list<child, unstarted> unstarted_ BRAID_GUARDED_BY(lock_);  ///< And some that were started since.
};

/// One child: a function with its arguments, run once; if it gives a task, that task's coroutine.
class child : public performer, public list_hook<unstarted>, public recycled {
 public:
  /// Hands the child, made with new, to its group, which from now on owns it. `how` is fresh or blocking.
  static void start(child& c, arrival how);

  /// By a joiner, under the group's lock: true if the joiner is to start it.
  bool claim_for_joiner() noexcept {
    std::uint32_t seen = queued;
    return claim_.compare_exchange_strong(seen, helped);
  }
  void start_here() noexcept;
  std::string who() const override { return "task " + std::to_string(number_ + 1) + " of its group"; }

 protected:
  /// Before a wait for its end. The child has not ended, so its group is there.
  void check_group() const noexcept { group_.check_children(); }
  explicit child(group_core& group) : performer(group.env(), &group.scope()), group_(group), entry_(*this) {}
  virtual ~child() = default;

  /// Calls the function: the coroutine to drive, or null if the call was all there was to do.
  virtual std::coroutine_handle<> call() = 0;
  /// Returns true if the function is called even if the scope is cancelled by then.
  virtual bool begins_always() const noexcept = 0;
  /// Rethrows what the coroutine ended with.
  virtual void check_outcome() = 0;
  /// Destroys function, arguments and frame.
  virtual void clear() noexcept = 0;
  /// Then, still as a living child: gives what it ended with, thrown() or a value, to those who wait for it.
  virtual void hand_out() noexcept {}
  /// Gives up the one share that the child, later its group, has in this object; the last one calls no_share_left().
  virtual void release() noexcept { no_share_left(); }
  /// Moves the child's name, if it has one, into the record of its failure.
  virtual void put_name_on(task_failure&) noexcept {}

  /// The memory goes, now or when the executor has let go of the queued entry.
  void no_share_left() noexcept;

  /// What it ended with; null: well. From hand_out() on.
  const std::exception_ptr& thrown() const noexcept { return thrown_; }
  /// A result has thrown thrown(): the group needs not be joined for its sake.
  void mark_seen() noexcept { seen_.store(true); }

 private:
  friend class group_core;
  /// What is queued for the start. An object of its own, since it may still be queued when the child, started by a
  /// joiner, is made ready again.
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
  std::uint32_t number_ = 0;  ///< Of its spawn.
  atomic<std::uint32_t> claim_{queued};
  atomic<bool> seen_{false};
};

}  // namespace braid::detail
