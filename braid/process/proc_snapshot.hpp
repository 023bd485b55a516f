// The processes of the machine, as /proc shows them.
//
// Every function here looks at one moment. When the answer is read, a process may be gone and its number be another's.
// (pid, start_time) identifies a process for good.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "braid/base/descriptor.hpp"

namespace braid::process::detail {

struct process_entry {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  char state = '?';
  bool exiting = false;          // the first thread is about to become a zombie
  int threads = 1;               // threads that have not ended, including a zombie first thread
  std::uint64_t start_time = 0;  // clock ticks since boot
  std::string name;

  /// Returns true if it can still run code. Its state is that of its first thread, which can end before the others.
  bool alive() const noexcept {
    const bool first_thread_ended = exiting || state == 'Z' || state == 'X' || state == 'x';
    return !first_thread_ended || threads > 1;
  }
};

/// Parses the text of a /proc/PID/stat; the name may hold blanks and brackets. Returns nullopt if it is another text.
std::optional<process_entry> parse_stat(std::string_view text);

/// Returns nullopt if there is no such process. Price: one open and read, about 10 us. Waits while descriptors are
/// lacking, at most 1 s. Any thread.
std::optional<process_entry> look_up(pid_t pid);

/// Returns all processes by ascending number. Price: a look_up each. Waits while descriptors are lacking. Any thread.
std::vector<process_entry> all_processes();

/// The children of this process that its first thread has: those it started itself, and every orphan that was handed to
/// us as subreaper (kernel/exit.c, find_new_reaper: the first thread that lives). Includes dead ones not waited for.
class child_list {
 public:
  /// Opens the kernel's list once. Without that list (CONFIG_PROC_CHILDREN) every look is a walk of /proc.
  child_list();

  /// Price: one read of some bytes, about 2 us. Any thread.
  std::vector<pid_t> look() const;

 private:
  descriptor file_;
};

/// Returns the living processes that can write into the pipe with this inode, except this one, by ascending number.
/// Leaves out those whose descriptors we may not see. Price: a readlink per descriptor of each process. Any thread.
std::vector<process_entry> writers_of_pipe(ino_t inode);

/// Returns the value of a variable that a process had at its exec; empty if it has none or may not be read. Any thread.
std::string environment_value(pid_t pid, std::string_view name);

}  // namespace braid::process::detail
