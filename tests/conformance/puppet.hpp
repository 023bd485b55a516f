// White box: a task that the test drives by hand, so that it can stop the world between claim and resumption.
#pragma once

#include "braid/runtime/executor.hpp"
#include "braid/runtime/performer.hpp"
#include "braid/runtime/task.hpp"

namespace braid::conformance {

/// Keeps what is ready until the test runs it.
class held_executor final : public executor {
 public:
  void ready(detail::runnable& work) noexcept override { held_.push(work); }
  /// The one that has been ready longest runs on the calling thread. False: there is none.
  bool run_one() {
    detail::runnable* const work = held_.pop();
    if (work) work->run();
    return work != nullptr;
  }

 private:
  detail::run_queue held_;
};

/// Runs what is ready on the thread that makes it so, within the call that does: a lock that is held then is found
/// out at once, since the task's next operation takes it again.
class inline_executor final : public executor {
 public:
  void ready(detail::runnable& work) noexcept override { work.run(); }
};

class puppet final : public detail::performer {
 public:
  explicit puppet(executor& runs_on) : performer(environment{.executor = &runs_on}, nullptr) {}
  /// Runs the task until it waits.
  void start(task<>& t) {
    t.frame().promise().start_in(*this, nullptr);
    drive(t.frame());
  }
};

}  // namespace braid::conformance
