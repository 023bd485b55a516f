// The observer of a run: a progress line, a test. The engine itself writes only the output of jobs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "braid/process/late_output.hpp"
#include "braid/runner/job.hpp"
#include "braid/runner/result_output.hpp"

namespace braid::runner {

/// Bytes that a process left running by a job wrote after the job's end; they belong to no output.
struct late_output {
  std::uint64_t number = 0;  ///< of the input
  unsigned tries = 0;        ///< the try that left it
  const char* stream = "";   ///< "stdout" or "stderr"
  process::late_bytes bytes;
};

/// Called on the slots' threads, several at a time; each call must be short, and must not call the engine.
class run_observer : public output_watcher {
 public:
  /// A try begins; its command has not been started yet.
  virtual void starting(const job&, std::size_t /*slot*/) {}
  /// The try that has begun could not be started for lack of resources; the job is queued again.
  virtual void postponed(const job&) {}
  /// From now on at most `slots` jobs run at a time, because of `why`, a sentence. Once in a run.
  virtual void short_of_resources(const std::string& /*why*/, std::size_t /*slots*/) {}
  /// A try failed and the job will be tried again after `wait`.
  virtual void retrying(const outcome&, std::chrono::nanoseconds /*wait*/) {}
  /// A job has ended for good.
  virtual void ended(const outcome&) {}
  /// The terminal has stopped the job, by SIGTTIN or SIGTTOU.
  virtual void wants_terminal(std::uint64_t /*number*/, int /*signal*/) {}
  /// The job's pipe has ended, or is given up at the end of the run. Called before run() returns.
  virtual void came_late(const late_output&) {}
  /// The number of inputs is known.
  virtual void total_known(std::uint64_t) {}
};

}  // namespace braid::runner
