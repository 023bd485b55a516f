// The executor: a fixed number of seats with a queue each. A worker without work takes work from the others.
//
//   braid::work_stealing_executor pool(4);                     // or ({.workers = 4, .spread = braid::spread::eager})
//   braid::context ctx(braid::environment{.executor = &pool});
//   braid::task_group group(ctx);
//
// Waiting never uses up the last worker (law X1). A task that blocks its thread, with get() or otherwise through braid,
// lends its seat to a spare thread meanwhile. Spares are made when needed, kept for 10 s, and bounded; at the bound the
// wait throws no_thread_left. An idle executor costs nothing: no ticks, no spinning (law X3).
//
// Cost: for a task that wakes another one, a store; for a task from outside, one lock, and a futex call if a worker
// sleeps. docs/scheduler.md explains how it works.
//
// Shut-down (the destructor; law O9)
//  1 Every live task's group is cancelled. Parked operations wake and throw, so the tasks end.
//  2 Wait until no task is left. Workers keep running meanwhile. Without tasks nothing can be made ready again.
//  3 Stop the scheduler and all threads, and join them. Nothing is ever resumed onto a dead executor.
//  4 Wait for outside threads that are still leaving ready(). The queues then hold only the entries of tasks that a
//    joiner has run to their end (group_core.hpp); they are freed.
//
// Threads block all signals. The child of a fork has none of them. There the use of an executor of the parent ends the
// child with a sentence. Exceptions are a cancel of the parent's tasks and the destructor, which do nothing.
#pragma once

#include <cstddef>

#include "braid/runtime/executor_threads.hpp"

namespace braid {

struct executor_options {
  static constexpr std::size_t most_workers = 4096;
  std::size_t workers = 0;            ///< Tasks that run at a time; 0 means one for each usable CPU.
  std::size_t spare_threads = 256;    ///< Threads that stand in for those that wait.
  std::size_t blocking_threads = 64;  ///< Functions marked blocking() that run at a time; at least 1.
  braid::spread spread = braid::spread::lazy;
};

class work_stealing_executor final : public executor {
 public:
  /// Starts `workers` threads. Throws std::invalid_argument unless `workers` is from 1 to most_workers, and
  /// std::system_error if it cannot start them.
  explicit work_stealing_executor(std::size_t workers);
  explicit work_stealing_executor(const executor_options& options = {});
  /// Cancels what still runs and waits for its end. Not to be called on one of its own workers, which would wait for
  /// itself.
  ~work_stealing_executor() override;

  void ready(detail::runnable& work, detail::arrival how) noexcept override;
  bool lend_thread(detail::thread_wait& wait) noexcept override { return check_threads(), threads_.lend(wait); }
  void take_thread_back(detail::thread_wait& wait) noexcept override { check_threads(), threads_.take_back(wait); }
  std::size_t width() const noexcept override { return core_.width(); }
  std::string describe_threads() override { return check_threads(), threads_.describe(); }

 private:
  detail::scheduler core_;
  detail::executor_threads threads_;
};

}  // namespace braid
