// The core of a task group: who its children are, when the last one has ended, and what went wrong.
//
// Invariants
// 1. live_ counts the children from their spawn until everything of theirs is destroyed: function, arguments, frame.
// 2. The first failure cancels the scope at once; later ones are kept behind it. A child that ends with `cancelled` in
// a
//    scope that is cancelled already has not failed: it did what it was told.
// 3. A child's decrement of live_ under the lock is its last touch of the group: whoever then sees zero may destroy it.
#pragma once

#include <exception>
#include <list>

#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/executor.hpp"
#include "braid/runtime/performable.hpp"

namespace braid::detail {

class group_core final : public source {
 public:
  explicit group_core(scope_ref scope) noexcept : scope_(std::move(scope)) {}
  ~group_core();

  cancel_scope& scope() const noexcept { return *scope_.get(); }
  /// The scope's environment with an executor in it.
  environment env() const;

  void child_started() noexcept BRAID_EXCLUDES(lock_);
  /// A child threw. Cancels the siblings if that is the first failure.
  void child_threw(std::exception_ptr why) noexcept BRAID_EXCLUDES(lock_);
  void child_ended() noexcept BRAID_EXCLUDES(lock_);

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
  const scope_ref scope_;
  std::size_t live_ BRAID_GUARDED_BY(lock_) = 0;
  outcome outcome_ BRAID_GUARDED_BY(lock_);
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

 private:
  void finished() noexcept final;
  void end(std::exception_ptr why) noexcept;

  group_core& group_;
  bool called_ = false;
};

}  // namespace braid::detail
