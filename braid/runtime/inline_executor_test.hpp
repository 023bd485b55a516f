// For tests: an executor without a thread of its own.
#pragma once

#include <string>

#include "braid/runtime/executor.hpp"

namespace braid::fixture {

/// Runs what is ready on the thread that makes it so, within the call that does: a task that was spawned has ended or
/// waits, and a lock that is held then is found out at once, since the task's next operation takes it again.
class inline_executor final : public executor {
 public:
  void ready(detail::runnable& work, detail::arrival) noexcept override { work.run(); }
  bool lend_thread(detail::thread_wait&) noexcept override { return true; }
  void take_thread_back(detail::thread_wait&) noexcept override {}
  std::string describe_threads() override { return "none"; }
};

}  // namespace braid::fixture
