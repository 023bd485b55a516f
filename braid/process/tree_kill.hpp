// SIGKILL until nothing is left.
#pragma once

#include <functional>
#include <vector>

#include "braid/process/process_info.hpp"
#include "braid/process/process_table.hpp"

namespace braid::process::detail {

/// Kills what `living` finds and asks again, until it finds nothing twice in a row (between two looks at /proc a
/// process can fork and end) or 5 s have passed. Each target is held by a pidfd while it is checked and killed, so a
/// number that was used again is not hit. `group`, if not 0, is a process group that cannot be another's now: it is
/// killed in one call each time, so that no member forks away in between, also where `living` finds nothing because
/// there is no /proc. A process that may not be signalled is tried once and not waited for. Blocks. Any thread.
kill_report kill_until_none(const std::function<std::vector<process_entry>()>& living, pid_t group = 0);

/// One signal to each. ESRCH is neither reached nor refused.
signal_report signal_each(const std::vector<process_entry>& targets, int signal);

}  // namespace braid::process::detail
