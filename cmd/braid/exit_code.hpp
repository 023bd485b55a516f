// The exit codes of `braid`.
#pragma once

namespace braid::cmd {

enum class exit_code : int {
  ok = 0,                ///< every job ended well; also: there was no input
  jobs_failed = 1,       ///< some job failed in the end
  usage = 2,             ///< nothing was started: the request does not allow it, or this machine
  stopped_early = 3,     ///< -x or --max-fails ended the run before every input had its turn
  incomplete = 4,        ///< our own fault: results could not be written, inputs not read, or no memory was left
  not_executable = 126,  ///< the command cannot be run
  not_found = 127,       ///< there is no such command
};

/// A signal stopped the run before every input had its turn: 130 by SIGINT, 143 by SIGTERM, ...
constexpr exit_code stopped_by_signal(int signal) {
  return static_cast<exit_code>(128 + signal);
}

}  // namespace braid::cmd
