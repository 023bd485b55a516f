// One process of the machine, as the kernel names it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace braid::process {

/// A process at the moment it was looked at; the number may mean another process later.
struct process_info {
  pid_t pid = 0;
  std::string name;  // the kernel's command name, cut at 15 bytes
};

/// What became of a tree that was killed.
struct kill_report {
  int killed = 0;                       // processes that got SIGKILL from us and are gone
  std::vector<process_info> survivors;  // could not be killed: another user's, or stuck in the kernel
};

}  // namespace braid::process
