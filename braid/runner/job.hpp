// The vocabulary of a run: an input becomes a job, a job is tried in a slot, and ends as an outcome.
//
//   running --exit 0--> ok                 running --exit n, cannot start, unusable input--> failed
//   running --deadline--> timed_out        running --signal not ours--> killed
//   running, waiting for its retry --stop--> cancelled
//
// A start that fails for lack of processes, memory or descriptors does not count as a try: the job is queued again.
// failed, timed_out and killed are failures: tried again while the retry policy allows it (never after 126 and 127).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "braid/process/exit_status.hpp"
#include "braid/process/process_info.hpp"
#include "braid/process/record.hpp"

namespace braid::runner {

/// One input, as it was read.
struct input {
  std::uint64_t number = 0;  ///< 1, 2, ... in input order
  std::string text;
  std::string unusable;  ///< Why this input cannot be passed to a command, as a sentence; empty if it can.
};

/// An input on its way through the slots.
struct job {
  runner::input input;
  unsigned tries = 0;      ///< begun so far
  bool postponed = false;  ///< a slot took it before, and could not start it for lack of resources
};

enum class job_state : std::uint8_t { ok, failed, timed_out, killed, cancelled };

/// Returns the name of a state in --json and the log.
[[nodiscard]] constexpr std::string_view name_of(job_state state) {
  switch (state) {
    case job_state::ok:
      return "ok";
    case job_state::failed:
      return "failed";
    case job_state::timed_out:
      return "timeout";
    case job_state::killed:
      return "killed";
    case job_state::cancelled:
      return "cancelled";
  }
  return "?";
}

/// How a job's last try ended. `out` and `err` are borrowed and valid until the call that shows the outcome returns.
struct outcome {
  runner::input input;
  std::size_t slot = 0;
  unsigned tries = 0;  ///< 0 if never started
  job_state state = job_state::ok;
  std::optional<process::exit_status> status;  ///< Empty if the command did not start, or cannot be ended.
  pid_t pid = 0;
  std::string reason;           ///< Why it did not start, or why its output is cut; else empty.
  bool may_work_later = false;  ///< It did not start, and not because of its input.
  std::chrono::system_clock::time_point start, end;
  std::chrono::nanoseconds wall{};
  const process::record* out = nullptr;
  const process::record* err = nullptr;
  std::string lost_output;  ///< Why its output is cut, as a sentence; empty if it is whole. Ends the run.
  std::vector<process::process_info> left_behind;  ///< Processes that it left running after a normal end.
  bool left_unseen = false;                        ///< A process that cannot be named holds its output.
  std::vector<process::survivor> survivors;        ///< Processes that should have ended with it, and did not.
};

}  // namespace braid::runner
