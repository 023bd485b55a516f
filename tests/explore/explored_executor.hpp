// An executor for scenarios.
#pragma once

#include "braid/runtime/executor.hpp"
#include "braid/runtime/parker.hpp"
#include "braid/runtime/runnable.hpp"

namespace explore {

/// Its worker is the explored thread that calls serve().
class explored_executor final : public braid::executor {
 public:
  void ready(braid::detail::runnable& work, braid::detail::arrival) noexcept override {
    {
      braid::detail::spin_guard guard(lock_);
      queue_.push(work);
    }
    worker_.unpark();
  }
  bool lend_thread(braid::detail::thread_wait&) noexcept override { return true; }
  void take_thread_back(braid::detail::thread_wait&) noexcept override {}
  std::string describe_threads() override { return "none"; }
  void stop() noexcept {
    stopping_.store(true);
    worker_.unpark();
  }
  /// Runs what has been ready longest, if something is, on a second explored thread.
  void run_one() {
    if (braid::detail::runnable* const work = next()) work->run();
  }
  /// f() on the calling explored thread, which counts as a worker meanwhile.
  template<class F>
  void as_worker(F f) {
    struct seat {
      braid::detail::worker self;
      explicit seat(executor& on) : self(on) { braid::detail::worker_slot() = &self; }
      ~seat() { braid::detail::worker_slot() = nullptr; }
    } const mine(*this);
    f();
  }
  void serve() {
    for (;;) {
      const bool stopping = stopping_.load();
      while (braid::detail::runnable* const work = next()) work->run();
      if (stopping) return;
      worker_.park();
    }
  }

 private:
  braid::detail::runnable* next() noexcept {
    braid::detail::spin_guard guard(lock_);
    return queue_.pop();
  }
  braid::detail::spin_lock lock_;
  braid::detail::runnable_list queue_;
  braid::detail::parker worker_;
  braid::detail::atomic<bool> stopping_{false};
};

}  // namespace explore
