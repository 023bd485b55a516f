// An executor for tests: tasks run when the test says so, on the test's thread, in one known order.
//
//   braid::manual_executor steps;  braid::manual_clock clock;
//   braid::task_group group(braid::context(braid::environment{.executor = &steps, .clock = &clock}));
//   group.spawn(work);  steps.run();  clock.advance(1s);  steps.run();
#pragma once

#include <cstddef>

#include "braid/base/spin_lock.hpp"
#include "braid/runtime/executor.hpp"

namespace braid {

/// First ready, first run. Any thread may make work ready; one thread at a time runs it. A task that blocks its thread
/// ends the program with a sentence, since no other thread could complete what it waits for. The executor is destroyed
/// when no task is left on it.
class manual_executor final : public executor {
 public:
  manual_executor() = default;
  ~manual_executor() override;

  /// Runs one slice of the task that has been ready longest. Returns false if none is ready.
  bool run_one();
  /// Runs until nothing is ready: every task has ended or waits. Returns the number of slices.
  std::size_t run();

  void ready(detail::runnable& work, detail::arrival how) noexcept override BRAID_EXCLUDES(lock_);
  bool lend_thread(detail::thread_wait& wait) noexcept override;
  void take_thread_back(detail::thread_wait&) noexcept override {}
  std::string describe_threads() override { return "a manual executor has none"; }

 private:
  detail::spin_lock lock_;  ///< Covers the queue.
  detail::runnable_list queue_ BRAID_GUARDED_BY(lock_);
};

}  // namespace braid
