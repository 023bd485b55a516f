// The core of a task group: who its children are, when the last one has ended, and what went wrong.
//
// Invariants
// 1. live_ counts the children from their spawn until everything of theirs is destroyed: function, arguments, frame.
// 2. The first failure cancels the scope at once, unless so many children have only to succeed; then the last success
//    that was needed does. A child that ends with `cancelled` in a scope that is cancelled already has not failed: it
//    did what it was told.
// 3. A child's decrement of live_ under the lock is its last touch of the group: whoever then sees zero may destroy it.
// 4. A child that failed is the record of its failure: its group keeps it from there until the outcome is taken. So
//    keeping a failure needs no memory, and none is lost.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>

#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/executor.hpp"
#include "braid/runtime/performable.hpp"
#include "braid/runtime/task_failure.hpp"

namespace braid::detail {

class child;

class group_core final : public source {
 public:
  /// `needed`: so many children have to succeed, and then the others are cancelled; 0: all have to.
  group_core(scope_ref scope, std::size_t needed) noexcept : scope_(std::move(scope)), needed_(needed) {}
  ~group_core();

  cancel_scope& scope() const noexcept { return *scope_.get(); }
  /// The scope's environment with an executor in it.
  environment env() const;

  void child_started(child& c) noexcept BRAID_EXCLUDES(lock_);
  /// A child's function has ended: it threw, or (null) it succeeded. Cancels the siblings if that decides the group.
  /// True: it failed, and child_ended hands it to the group.
  bool child_settled(child& c, const std::exception_ptr& thrown) noexcept BRAID_EXCLUDES(lock_);
  void child_ended(child& c, bool failed) noexcept BRAID_EXCLUDES(lock_);

  // For join, with the lock held.
  bool all_ended() const noexcept BRAID_REQUIRES(lock_) { return live_ == 0; }
  void enlist(operation& join) noexcept BRAID_REQUIRES(lock_) { joining_.push_back(join); }

  // The outcome, only when all have ended.

  struct tally {
    std::size_t succeeded;  ///< Counted only where a number of them is needed.
    bool any_cancelled;     ///< A child ended with `cancelled` because its group was.
  };
  std::size_t needed() const noexcept { return needed_; }
  std::size_t failures() noexcept BRAID_EXCLUDES(lock_);
  /// Takes the counts; they start again.
  tally take_tally() noexcept BRAID_EXCLUDES(lock_);
  /// The next failure, the first first and the others in the order in which their tasks ended. `unseen`: passes over,
  /// and forgets, what a result has thrown already.
  std::optional<task_failure> take_failure(bool unseen) noexcept BRAID_EXCLUDES(lock_);

 private:
  child* pop_failed() noexcept BRAID_EXCLUDES(lock_);

  const scope_ref scope_;
  const std::size_t needed_;
  std::size_t live_ BRAID_GUARDED_BY(lock_) = 0;
  std::uint32_t started_ BRAID_GUARDED_BY(lock_) = 0;
  bool any_cancelled_ BRAID_GUARDED_BY(lock_) = false;
  std::size_t succeeded_ BRAID_GUARDED_BY(lock_) = 0;
  std::size_t failed_ BRAID_GUARDED_BY(lock_) = 0;
  child* first_failed_ BRAID_GUARDED_BY(lock_) = nullptr;
  /// The others, once they have ended and left their scope, whose link they no longer need.
  intrusive_list<child, in_scope> further_failed_ BRAID_GUARDED_BY(lock_);
  intrusive_list<operation, enlisted> joining_ BRAID_GUARDED_BY(lock_);
};

/// One child: a function with its arguments, run once; if it gives a task, that task's coroutine.
class child : public performer {
 public:
  /// Hands the child, made with new, to its group, which from now on owns it.
  static void start(child& c);

  void run() noexcept final;

 protected:
  explicit child(group_core& group) : performer(group.env(), &group.scope()), group_(group) {}
  virtual ~child() = default;

  /// Calls the function: the coroutine to drive, or null if the call was all there was to do.
  virtual std::coroutine_handle<> call() = 0;
  /// Rethrows what the coroutine ended with.
  virtual void check_outcome() = 0;
  /// Destroys function, arguments and frame.
  virtual void clear() noexcept = 0;
  /// Then, still as a living child: gives what it ended with, thrown() or a value, to those who wait for it.
  virtual void hand_out() noexcept {}
  /// Gives up the one share that the child, later its group, has in this object.
  virtual void release() noexcept { delete this; }
  /// Moves the child's name, if it has one, into the record of its failure.
  virtual void put_name_on(task_failure&) noexcept {}

  /// What it ended with; null: well. From hand_out() on.
  const std::exception_ptr& thrown() const noexcept { return thrown_; }
  /// A result has thrown thrown(): the group needs not be joined for its sake.
  void mark_seen() noexcept { seen_.store(true); }

 private:
  friend class group_core;
  void finished() noexcept final;
  void end(std::exception_ptr why) noexcept;

  group_core& group_;
  std::exception_ptr thrown_;
  std::uint32_t number_ = 0;  ///< Of its spawn.
  bool called_ = false;
  atomic<bool> seen_{false};
};

}  // namespace braid::detail
