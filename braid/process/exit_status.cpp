#include "braid/process/exit_status.hpp"

#include <string.h>

namespace braid::process {

std::string describe(const exit_status& status) {
  if (status.signal == 0) return "exit " + std::to_string(status.code);
  const char* abbreviation = ::sigabbrev_np(status.signal);
  std::string text = abbreviation != nullptr ? "killed by SIG" + std::string(abbreviation)
                                             : "killed by signal " + std::to_string(status.signal);
  return status.core_dumped ? text + " (core dumped)" : text;
}

}  // namespace braid::process
