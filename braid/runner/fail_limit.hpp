// Decides when failures end a run early. Pure.
#pragma once

#include <cstdint>

namespace braid::runner {

/// "--max-fails N": exceeded by more than N failed jobs. "--max-fails N%": exceeded if more than N percent of the jobs
/// that have ended failed. A percentage counts only from the number of jobs on at which one failure is at most N
/// percent (20 jobs for 5%).
struct fail_limit {
  enum class unit : std::uint8_t { none, jobs, percent };
  unit counts = unit::none;
  std::uint64_t most = 0;

  [[nodiscard]] constexpr bool exceeded(std::uint64_t failed, std::uint64_t ended) const {
    switch (counts) {
      case unit::none:
        return false;
      case unit::jobs:
        return failed > most;
      case unit::percent:
        return (most == 0 || ended * most >= 100) && failed * 100 > most * ended;
    }
    return false;
  }
};

}  // namespace braid::runner
