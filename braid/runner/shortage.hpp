// A temporary lack of processes, memory or descriptors.
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>

namespace braid::runner {

/// Thrown if a job could not be started for the moment; nothing of it has run. what() says what is short.
class shortage : public std::runtime_error {
 public:
  /// `error_number` is that of the system call that failed.
  shortage(const std::string& what, int error_number) : std::runtime_error(what), error_number_(error_number) {}

  /// Returns true if only this process can give back what is short, so that waiting for others is of no use.
  [[nodiscard]] bool is_our_own() const noexcept { return error_number_ == EMFILE; }

 private:
  int error_number_;
};

}  // namespace braid::runner
