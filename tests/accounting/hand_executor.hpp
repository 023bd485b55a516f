// An executor whose work runs when the test says so, on the test's thread: tasks step by step, in one known order.
#pragma once

#include "braid/runtime/executor.hpp"

namespace accounting {

class hand_executor final : public braid::executor {
 public:
  void ready(braid::detail::runnable& work) noexcept override { queue_.push(work); }
  /// Runs until nothing is ready: every task has ended or is parked.
  void run() {
    while (braid::detail::runnable* const work = queue_.pop()) work->run();
  }

 private:
  braid::detail::run_queue queue_;
};

}  // namespace accounting
