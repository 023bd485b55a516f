// Counts the jobs of a pool: those accepted, and how they ended.
#pragma once

#include <cstdint>

#include "braid/pool/pool_job.hpp"

namespace braid::detail {

struct pool_tally {
  std::uint64_t accepted = 0, succeeded = 0, failed = 0, dropped = 0;

  /// Counts a job whose turn has come. It was dropped if its context had ended before it was started.
  void count_end(const pool_job& job) noexcept { ++(job.was_dropped() ? dropped : job.error() ? failed : succeeded); }
};

}  // namespace braid::detail
