// What /proc says about the processes of the machine.
//
// Everything here is a look at one moment: a process may be gone, and its number be another's, when the answer is read.
// (pid, start_time) names a process for good.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "braid/process/descriptor.hpp"

namespace braid::process::detail {

struct process_entry {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  char state = '?';
  bool exiting = false;          // of the first thread: on its way to be a zombie
  int threads = 1;               // that have not ended, a zombie first thread included
  std::uint64_t start_time = 0;  // clock ticks since boot
  std::string name;

  /// Still able to run code. The state of a process is that of its first thread, which can end before the others.
  bool alive() const noexcept {
    const bool first_thread_ended = exiting || state == 'Z' || state == 'X' || state == 'x';
    return !first_thread_ended || threads > 1;
  }
};

/// Reads the text of a /proc/PID/stat; the name may hold blanks and brackets. nullopt if it is not one.
std::optional<process_entry> parse_stat(std::string_view text);

/// nullopt: no such process. Price: one open and read, about 10 us. A lack of descriptors is waited for, at most 1 s.
/// Any thread.
std::optional<process_entry> look_up(pid_t pid);

/// Every process, by ascending number. Price: one look_up each. A lack of descriptors is waited for. Any thread.
std::vector<process_entry> all_processes();

/// The children of this process that its first thread has: those it started itself, and every orphan that was handed to
/// us as subreaper (kernel/exit.c, find_new_reaper: the first thread that lives). Dead ones that nobody has waited for
/// are among them.
class child_list {
 public:
  /// Opens the kernel's list once. A kernel without it (CONFIG_PROC_CHILDREN) makes every look a walk of /proc.
  child_list();

  /// Price: one read of some bytes, about 2 us. Any thread.
  std::vector<pid_t> look() const;

 private:
  descriptor file_;
};

/// Living processes, except this one, that can write into the pipe with this inode, by ascending number. Those
/// whose descriptors we may not see are left out. Price: a readlink for each descriptor of each process. Any thread.
std::vector<process_entry> writers_of_pipe(ino_t inode);

/// The value that a process had for a variable at its exec; empty if it has none or may not be read. Any thread.
std::string environment_value(pid_t pid, std::string_view name);

}  // namespace braid::process::detail
