// The core of a task group: who its children are, when the last one has ended, and what went wrong.
//
// Invariants
// 1. live_ counts the children from their spawn until everything of theirs is destroyed: function, arguments, frame.
// 2. The first failure cancels the scope at once; later ones are kept behind it. A child that ends with `cancelled` in
// a
//    scope that is cancelled already has not failed: it did what it was told.
// 3. A child's decrement of live_ under the lock is its last touch of the group: whoever then sees zero may destroy it.
// 4. A child is started once: by the executor that it was queued on, or by a joiner that found it in unstarted_ and has
// a
//    worker's thread to spare (law X1). Its claim word decides, and who frees it: the later of its end and the
//    executor's turn with the queued entry.
//
//      queued --executor--> started --end--> freed
//      queued --joiner--> helped --end--> helped_ended --executor--> freed
//                         helped --executor--> helped_alone --end--> freed
#pragma once

#include <exception>
#include <list>

#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/executor.hpp"
#include "braid/runtime/performable.hpp"

namespace braid::detail {

class child;
struct unstarted;

class group_core final : public source {
 public:
  explicit group_core(scope_ref scope) noexcept : scope_(std::move(scope)) {}
  ~group_core();

  cancel_scope& scope() const noexcept { return *scope_.get(); }
  /// The scope's environment with an executor in it.
  environment env() const;

  /// A joiner may start it unless it blocks its thread.
  void child_queued(child& c, bool for_joiners_too) noexcept BRAID_EXCLUDES(lock_);
  /// A child threw. Cancels the siblings if that is the first failure.
  void child_threw(std::exception_ptr why) noexcept BRAID_EXCLUDES(lock_);
  void child_ended(child& c) noexcept BRAID_EXCLUDES(lock_);

  /// For a thread that is about to block until all have ended: if it is a worker of the children's executor, runs those
  /// that nobody has started, and never other work (law X1).
  void run_unstarted() noexcept BRAID_EXCLUDES(lock_);

  // For join, with the lock held.
  bool all_ended() const noexcept BRAID_REQUIRES(lock_) { return live_ == 0; }
  void enlist(operation& join) noexcept BRAID_REQUIRES(lock_) { joining_.push_back(join); }

  /// What the children threw.
  struct outcome {
    std::exception_ptr first_failure;
    std::list<std::exception_ptr> further;
    bool any_cancelled = false;
  };
  /// Takes it and forgets it. Only when all have ended.
  outcome take_outcome() noexcept BRAID_EXCLUDES(lock_);

 private:
  child* claim_unstarted() noexcept BRAID_EXCLUDES(lock_);

  const scope_ref scope_;
  std::size_t live_ BRAID_GUARDED_BY(lock_) = 0;
  outcome outcome_ BRAID_GUARDED_BY(lock_);
  intrusive_list<operation, enlisted> joining_ BRAID_GUARDED_BY(lock_);
  intrusive_list<child, unstarted> unstarted_ BRAID_GUARDED_BY(lock_);  ///< And some that were started since.
};

/// One child: a function with its arguments, run once; if it gives a task, that task's coroutine.
class child : public performer, public list_hook<unstarted> {
 public:
  /// Hands the child, made with new, to its group, which from now on owns it. `how` is fresh or blocking.
  static void start(child& c, arrival how);

  /// By a joiner, under the group's lock: true if the joiner is to start it.
  bool claim_for_joiner() noexcept {
    std::uint32_t seen = queued;
    return claim_.compare_exchange_strong(seen, helped);
  }
  void start_here() noexcept;

 protected:
  explicit child(group_core& group) : performer(group.env(), &group.scope()), group_(group), entry_(*this) {}
  virtual ~child() = default;

  /// Calls the function: the coroutine to drive, or null if the call was all there was to do.
  virtual std::coroutine_handle<> call() = 0;
  /// Rethrows what the coroutine ended with.
  virtual void check_outcome() = 0;
  /// Destroys function, arguments and frame.
  virtual void clear() noexcept = 0;

 private:
  /// What is queued for the start. An object of its own, since it may still be queued when the child, started by a
  /// joiner, is made ready again.
  class queue_entry final : public runnable {
   public:
    explicit queue_entry(child& of) noexcept : of_(of) {}
    void run() noexcept override { of_.executors_turn(); }

   private:
    child& of_;
  };
  static constexpr std::uint32_t queued = 0, started = 1, helped = 2, helped_ended = 3, helped_alone = 4;

  void executors_turn() noexcept;
  void finished() noexcept final;
  void end(std::exception_ptr why) noexcept;
  bool may_be_freed() noexcept;

  group_core& group_;
  queue_entry entry_;
  atomic<std::uint32_t> claim_{queued};
};

}  // namespace braid::detail
