// How a child ended and what it used.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace braid::process {

/// The end of one child. Times and memory are those of the child and of the descendants it waited for, measured by
/// the kernel; what it left behind or never waited for is not in them.
struct exit_status {
  int code = 0;    // exit code; 0 if a signal ended it
  int signal = 0;  // the signal that ended it; 0 if it exited
  bool core_dumped = false;
  std::chrono::microseconds user_time{};
  std::chrono::microseconds system_time{};
  std::uint64_t peak_memory = 0;  // bytes: largest resident set of the child or of one it waited for,
  // and never less than ours at its start (until its exec a child shares our memory)
  std::chrono::nanoseconds wall_time{};  // from before the start until the end was noticed

  bool ok() const noexcept { return code == 0 && signal == 0; }
  /// As a shell reports it: the code, or 128 + the signal.
  int shell_code() const noexcept { return signal != 0 ? 128 + signal : code; }
};

/// "exit 3", "killed by SIGSEGV", with "(core dumped)" where one was.
std::string describe(const exit_status& status);

}  // namespace braid::process
