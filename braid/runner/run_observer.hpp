// Who wants to know how a run goes: a progress line, a test. The engine itself writes nothing but jobs' output.
#pragma once

#include <chrono>
#include <cstdint>

#include "braid/runner/job.hpp"
#include "braid/runner/result_output.hpp"

namespace braid::runner {

/// Called on the slots' threads, several at a time; each call must be short, and must not call the engine.
class run_observer : public output_watcher {
 public:
  /// A try begins. Before the command is started.
  virtual void starting(const job&, std::size_t /*slot*/) {}
  /// A try failed and the job will be tried again after `wait`.
  virtual void retrying(const outcome&, std::chrono::nanoseconds /*wait*/) {}
  /// A job has ended for good.
  virtual void ended(const outcome&) {}
  /// All inputs have been read: there are so many.
  virtual void total_known(std::uint64_t) {}
};

}  // namespace braid::runner
