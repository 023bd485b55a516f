// Stands in for braid/base/check.cpp: misuse ends the schedule, not the process.
#include "braid/base/check.hpp"
#include "explore/step.hpp"

namespace braid::detail {

void fail(const char* sentence, const char* file, int line) noexcept {
  explore::misused(sentence, file, line);
}

}  // namespace braid::detail
