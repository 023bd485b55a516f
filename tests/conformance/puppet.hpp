// White box: a task that the test drives by hand, so that it can stop the world between claim and resumption.
#pragma once

#include "braid/runtime/manual_executor.hpp"
#include "braid/runtime/performer.hpp"
#include "braid/runtime/task.hpp"

namespace braid::conformance {

/// Runs what is ready on the thread that makes it so, within the call that does: a lock that is held then is found
/// out at once, since the task's next operation takes it again.
class inline_executor final : public executor {
 public:
  void ready(detail::runnable& work, detail::arrival) noexcept override { work.run(); }
  bool lend_thread(detail::thread_wait&) noexcept override { return true; }
  void take_thread_back(detail::thread_wait&) noexcept override {}
  std::string describe_threads() override { return "none"; }
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
