// One process of the machine, as the kernel names it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace braid::process {

/// A process at the moment of the look; the number may mean another process later.
struct process_info {
  pid_t pid = 0;
  std::string name;  // the kernel's command name, cut at 15 bytes

  friend bool operator==(const process_info&, const process_info&) = default;
};

/// A process that SIGKILL did not end.
struct survivor {
  process_info process;
  int error_number = 0;  // why the signal was refused: EPERM for another user's; 0 if it was sent and the process stays

  friend bool operator==(const survivor&, const survivor&) = default;
};

/// The result of killing a tree.
struct kill_report {
  int killed = 0;  // processes that got SIGKILL from us and are gone
  std::vector<survivor> survivors;
};

/// The result of signalling a tree.
struct signal_report {
  int reached = 0;                    // processes that got it
  std::vector<process_info> refused;  // processes that we may not signal
};

}  // namespace braid::process
