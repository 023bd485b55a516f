#include "cmd/braid/standard_descriptors.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "braid/runner/usage_error.hpp"

namespace braid::cmd {

void hold_standard_descriptors() {
  // In this order: open gives the lowest number that is free.
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0) continue;
    if (::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) == number) continue;
    throw runner::usage_error(
        "descriptor " + std::to_string(number) +
        " is closed and /dev/null cannot stand in for it: " + std::generic_category().message(errno));
  }
}

}  // namespace braid::cmd
