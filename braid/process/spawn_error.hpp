// Why a command could not be started.
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>

namespace braid::process {

enum class spawn_failure {
  not_found,       // no such program: exit code 127 of a shell
  not_executable,  // it exists, but cannot be run: 126
  bad_directory,   // the directory to run in cannot be entered: 126
  too_long,        // an argument, or all together, exceed the kernel's limit: a fault of this input, not of the command
  bad_command,     // no argv, a zero byte in an argument, '=' in a variable's name: the caller's fault or this input's
  no_resources,    // no process, memory or descriptor left: may work later
};

/// Returns true if a system call that fails with `error_number` may work once others have given back processes, memory
/// or descriptors. A start that fails so is retried, and its job has not failed.
constexpr bool is_shortage(int error_number) noexcept {
  return error_number == EAGAIN || error_number == ENOMEM || error_number == EMFILE || error_number == ENFILE;
}

/// Thrown by `launcher::start`; leaves no process. what() is a sentence that names the command, the reason and the fix.
class spawn_error : public std::runtime_error {
 public:
  spawn_error(spawn_failure failure, int error_number, const std::string& sentence)
      : std::runtime_error(sentence), failure_(failure), error_number_(error_number) {}

  spawn_failure failure() const noexcept { return failure_; }
  /// Returns the errno of the system call; 0 if none was made.
  int error_number() const noexcept { return error_number_; }
  /// Returns the code that a shell would report: 127 for not_found, 126 for the rest.
  int shell_code() const noexcept { return failure_ == spawn_failure::not_found ? 127 : 126; }
  /// Returns true if no input can make this command start, so a run of many inputs should end at once.
  bool hopeless() const noexcept { return failure_ <= spawn_failure::bad_directory; }
  /// Returns true if the machine is at fault for the moment, not the command.
  bool passes() const noexcept { return failure_ == spawn_failure::no_resources && is_shortage(error_number_); }

 private:
  spawn_failure failure_;
  int error_number_;
};

}  // namespace braid::process
