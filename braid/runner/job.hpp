// The words of a run: an input becomes a job, a job is tried in a slot, and ends as an outcome.
//
//   running --exit 0--> ok                 running --exit n, cannot start, unusable input--> failed
//   running --deadline--> timed_out        running --signal not ours--> killed
//   running, waiting for its retry --stop--> cancelled
//
// A start that fails for lack of processes, memory or descriptors is no try: the job goes back to the queue.
// failed, timed_out and killed are failures: try again while the retry policy allows (never after 126 and 127).
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
  std::string unusable;  ///< Why this one cannot be passed to a command: a sentence. Empty: it can.
};

/// An input on its way through the slots.
struct job {
  runner::input input;
  unsigned tries = 0;      ///< begun so far
  bool postponed = false;  ///< a slot had it already, and could not start it for lack of resources
};

enum class job_state : std::uint8_t { ok, failed, timed_out, killed, cancelled };

/// As --json and the log spell it.
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

/// How a job's last try ended. `out` and `err` are borrowed and live as long as the call that shows the outcome.
struct outcome {
  runner::input input;
  std::size_t slot = 0;
  unsigned tries = 0;  ///< 0: never started
  job_state state = job_state::ok;
  std::optional<process::exit_status> status;  ///< Nothing if the command did not start, or cannot be ended.
  pid_t pid = 0;
  std::string reason;           ///< Why it did not start, where it did not.
  bool may_work_later = false;  ///< It did not start, and not through a fault of its input.
  std::chrono::system_clock::time_point start, end;
  std::chrono::nanoseconds wall{};
  const process::record* out = nullptr;
  const process::record* err = nullptr;
  std::string lost_output;  ///< Why its output is cut, as a sentence; empty: it is whole. The run ends with it.
  std::vector<process::process_info> left_behind;  ///< Processes that it left running after a normal end.
  bool left_unseen = false;                        ///< One holds its output that cannot be named.
  std::vector<process::survivor> survivors;        ///< Processes that it was to be ended with, and that did not end.
};

}  // namespace braid::runner
