// Sends SIGKILL until no process is left.
#pragma once

#include <functional>
#include <vector>

#include "braid/process/proc_snapshot.hpp"
#include "braid/process/process_info.hpp"

namespace braid::process::detail {

/// Kills the processes that `living` finds and asks again, until it finds none twice in a row or 5 s have passed.
/// Twice, since a process can fork and end between two looks at /proc. A pidfd holds each target while it is checked
/// and killed, so a number that was used again is not hit. `group`, if not 0, is a process group that cannot be
/// another's now. It is killed in one call each time, so that no member forks away in between, and also if `living`
/// finds nothing because there is no /proc. A process that may not be signalled is tried once and not waited for.
/// Blocks. Any thread.
kill_report kill_until_none(const std::function<std::vector<process_entry>()>& living, pid_t group = 0);

/// Sends one signal to each. A process that is gone (ESRCH) is neither reached nor refused.
signal_report signal_each(const std::vector<process_entry>& targets, int signal);

}  // namespace braid::process::detail
