// How a child ended and what it used.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace braid::process {

/// The end of one child. Times and memory are those of the child and of the descendants it waited for, measured by the
/// kernel. They do not include processes that it left behind or never waited for.
struct exit_status {
  int code = 0;    // exit code; 0 if a signal ended it
  int signal = 0;  // the signal that ended it; 0 if it exited
  bool core_dumped = false;
  std::chrono::microseconds user_time{};
  std::chrono::microseconds system_time{};
  /// Bytes: the largest resident set of the child or of a descendant it waited for. Never less than ours at its start,
  /// since until its exec a child shares our memory.
  std::uint64_t peak_memory = 0;
  std::chrono::nanoseconds wall_time{};  // from before the start until the end was noticed

  bool ok() const noexcept { return code == 0 && signal == 0; }
  /// Returns the status as a shell reports it: the code, or 128 + the signal.
  int shell_code() const noexcept { return signal != 0 ? 128 + signal : code; }
};

/// Returns "exit 3" or "killed by SIGSEGV", with "(core dumped)" if there was one.
std::string describe(const exit_status& status);

}  // namespace braid::process
