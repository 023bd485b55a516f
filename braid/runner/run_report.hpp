// The result of a run.
#pragma once

#include <cstdint>
#include <string>

namespace braid::runner {

/// The cause that ended a run, other than its jobs.
enum class run_failure : std::uint8_t {
  none,
  output,          ///< results could not be written: they are incomplete
  input,           ///< inputs could not be read to their end
  not_found,       ///< the command does not exist
  not_executable,  ///< the command exists, and cannot be run
  no_resources,    ///< not even one job could be started for a long time, or no memory was left
};

struct run_report {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t retries = 0;
  bool all_started = false;      ///< every input was read, and its job ended without being cancelled
  bool jobs_were_ended = false;  ///< running jobs were ended, by a signal or because the run could not go on
  bool too_many_failed = false;  ///< --max-fails or stop at first failure ended the run
  run_failure failure = run_failure::none;
  std::string sentence;  ///< what `failure` was

  [[nodiscard]] std::uint64_t ended() const { return ok + failed + cancelled; }
};

}  // namespace braid::runner
