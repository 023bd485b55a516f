// White box: a task that the test drives by hand, so that it can stop the world between claim and resumption.
#pragma once

#include "braid/runtime/inline_executor_test.hpp"
#include "braid/runtime/manual_executor.hpp"
#include "braid/runtime/performer.hpp"
#include "braid/runtime/task.hpp"

namespace braid::conformance {

using fixture::inline_executor;

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
