// The executor: a fixed number of seats with a queue each; whoever has nothing to do takes work from the others.
//
//   braid::work_stealing_executor pool(4);                     // or ({.workers = 4, .spread = braid::spread::eager})
//   braid::context ctx(braid::environment{.executor = &pool});
//   braid::task_group group(ctx);
//
// Waiting never uses up the last worker (law X1): a task that blocks its thread, with get() or otherwise through braid,
// lends its seat to a spare thread meanwhile. Spares are made when needed, kept for 10 s, and bounded; at the bound the
// wait throws no_thread_left. Idle, it costs nothing: no ticks, no spinning (law X3).
//
// Cost: a task that wakes another one a store; a task that comes from outside one lock, and a futex call if a worker
// sleeps. docs/scheduler.md explains how it works.
//
// Shut-down (the destructor; law O9)
//  1 Every live task's group is cancelled; parked operations wake and throw, so tasks come to their end.
//  2 Wait until no task is left. Workers go on running meanwhile. No task: nothing can be made ready again.
//  3 Stop the scheduler and all threads, and join them. Nothing is ever resumed onto a dead executor.
//  4 Wait for threads outside that are still on their way out of ready(). What is left in the queues are the entries of
//    tasks that a joiner has run to their end (group_core.hpp); they are freed.
// Threads block all signals. The child of a fork has none of them: its use of an executor of its parent ends it with a
// sentence, but for a cancel of the parent's tasks and the destructor, which do nothing there.
#pragma once

#include <cstddef>

#include "braid/runtime/roster.hpp"

namespace braid {

struct executor_options {
  static constexpr std::size_t most_workers = 4096;
  std::size_t workers = 0;            ///< Tasks that run at a time; 0: as many as there are usable CPUs.
  std::size_t spare_threads = 256;    ///< Threads that stand in for those that wait.
  std::size_t blocking_threads = 64;  ///< Functions marked blocking() that run at a time; at least 1.
  braid::spread spread = braid::spread::lazy;
};

class work_stealing_executor final : public executor {
 public:
  /// Starts `workers` threads. Throws std::invalid_argument unless they are from 1 to most_workers, std::system_error
  /// if it cannot start them.
  explicit work_stealing_executor(std::size_t workers);
  explicit work_stealing_executor(const executor_options& options = {});
  /// Cancels what still runs and waits for its end. Not on a worker of its own: that would wait for itself.
  ~work_stealing_executor() override;

  void ready(detail::runnable& work, detail::arrival how) noexcept override;
  bool lend_thread(detail::thread_wait& wait) noexcept override { return check_threads(), threads_.lend(wait); }
  void take_thread_back(detail::thread_wait& wait) noexcept override { check_threads(), threads_.take_back(wait); }
  std::size_t width() const noexcept override { return core_.width(); }
  std::string describe_threads() override { return check_threads(), threads_.describe(); }

 private:
  detail::scheduler core_;
  detail::roster threads_;
};

}  // namespace braid
