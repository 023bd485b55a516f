// How many more processes may be started here.
//
// Two limits count tasks, a process and each further thread of it as one: RLIMIT_NPROC (ulimit -u) those of the real
// user, from which root is exempt, and pids.max those of a cgroup and everything below it. Only cgroup v2 is read.
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

/// Returns the nearest limit if fewer than `wanted` tasks can be sure to fit below it, else nothing. A look at one
/// moment: other processes come and go. Price: some small reads; a walk of /proc only where RLIMIT_NPROC is below
/// four times `wanted` plus 1,024. Any thread.
[[nodiscard]] std::optional<process_limit> limit_below(std::size_t wanted);

namespace detail {
/// The `field` of the text of a /proc/PID/status, such as "Threads:"; its first number. 0 if it is not there.
[[nodiscard]] std::size_t status_number(std::string_view status, std::string_view field);
/// Returns the number in a pids.max or pids.current; nothing for "max".
[[nodiscard]] std::optional<std::size_t> number_of(std::string_view text);
}  // namespace detail

}  // namespace braid::process
