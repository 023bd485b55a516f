// The plain executor: a fixed number of worker threads over one queue and one mutex.
//
// Shut-down (the destructor; law O9)
//  1 Every live task's group is cancelled; parked operations wake and throw, so tasks come to their end.
//  2 Wait until no task is left. Workers go on running meanwhile. No task: nothing can be made ready again.
//  3 Stop the workers and join them. Nothing is ever resumed onto a dead executor.
// It is called from no worker of its own; that would wait for itself, and ends the program with a sentence.
#pragma once

#include <cstddef>
#include <thread>
#include <vector>

#include "braid/runtime/executor.hpp"

namespace braid {

class locked_executor final : public executor {
 public:
  /// Starts `workers` threads, at least 1, with all signals blocked. Throws std::system_error if it cannot.
  explicit locked_executor(std::size_t workers);
  ~locked_executor() override;

  void ready(detail::runnable& work) noexcept override BRAID_EXCLUDES(mutex_);

 private:
  void serve() noexcept BRAID_EXCLUDES(mutex_);
  void stop_and_join() noexcept BRAID_EXCLUDES(mutex_);

  detail::annotated_mutex mutex_;
  std::condition_variable wake_;
  detail::run_queue queue_ BRAID_GUARDED_BY(mutex_);
  std::size_t sleeping_ BRAID_GUARDED_BY(mutex_) = 0;
  bool stopping_ BRAID_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> workers_;  ///< Immutable after construction, until the destructor.
};

}  // namespace braid
