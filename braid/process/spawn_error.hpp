// Why a command could not be started.
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>

namespace braid::process {

enum class spawn_failure {
  not_found,       // no such program: exit code 127 of a shell
  not_executable,  // there, but it cannot be run: 126
  bad_directory,   // the directory to run in cannot be entered: 126
  too_long,      // an argument or all of them exceed what the kernel takes: the fault of this input, not of the command
  bad_command,   // no argv, a zero byte in an argument, '=' in a variable's name: the fault of the caller or of this
                 // input
  no_resources,  // no process, memory or descriptor left: may work later
};

/// True if a system call that fails with `error_number` may work once others have given back processes, memory or
/// descriptors: a start that fails so is waited for, it is no failure of its job.
constexpr bool is_shortage(int error_number) noexcept {
  return error_number == EAGAIN || error_number == ENOMEM || error_number == EMFILE || error_number == ENFILE;
}

/// Thrown by `launcher::start`; no process is left behind. what() is a sentence that names the command, the reason
/// and the mend.
class spawn_error : public std::runtime_error {
 public:
  spawn_error(spawn_failure failure, int error_number, const std::string& sentence)
      : std::runtime_error(sentence), failure_(failure), error_number_(error_number) {}

  spawn_failure failure() const noexcept { return failure_; }
  /// The errno of the system call; 0 if none was made.
  int error_number() const noexcept { return error_number_; }
  /// What a shell would report: 127 for not_found, 126 for the rest.
  int shell_code() const noexcept { return failure_ == spawn_failure::not_found ? 127 : 126; }
  /// True if no input can make this command start, so a run of many inputs should end at once.
  bool hopeless() const noexcept { return failure_ <= spawn_failure::bad_directory; }
  /// True if it is the machine's fault for the moment, not the command's.
  bool passes() const noexcept { return failure_ == spawn_failure::no_resources && is_shortage(error_number_); }

 private:
  spawn_failure failure_;
  int error_number_;
};

}  // namespace braid::process
