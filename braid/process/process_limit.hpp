// How many more processes may be started here.
//
// Two limits count tasks: a process is one, and so is each further thread of it. RLIMIT_NPROC (ulimit -u) counts those
// of the real user; root is exempt. pids.max counts those of a cgroup and everything below it. Only cgroup v2 is read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace braid::process {

/// The nearest limit on tasks.
struct process_limit {
  std::size_t left = 0;  ///< tasks that may still be started, at the moment of the look
  std::string name;      ///< as a message names it: "ulimit -u 40"
};

/// Returns the nearest limit if fewer than `wanted` tasks can be sure to fit below it, else nothing. The answer holds
/// for one moment: other processes start and end. Price: some small reads; a walk of /proc only if RLIMIT_NPROC is
/// below four times `wanted` plus 1,024. Any thread.
[[nodiscard]] std::optional<process_limit> limit_below(std::size_t wanted);

namespace detail {
/// Returns the first number of `field`, such as "Threads:", in the text of a /proc/PID/status; 0 if it is not there.
[[nodiscard]] std::size_t status_number(std::string_view status, std::string_view field);
/// Returns the number in a pids.max or pids.current; nothing for "max".
[[nodiscard]] std::optional<std::size_t> number_of(std::string_view text);
}  // namespace detail

}  // namespace braid::process
