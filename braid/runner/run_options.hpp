// The options of a run: plain values, checked where they are read.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "braid/base/retry_policy.hpp"
#include "braid/runner/fail_limit.hpp"

namespace braid::runner {

struct run_options {
  std::size_t slots = 1;
  retry_policy retry{};
  std::optional<std::chrono::nanoseconds> timeout{};           ///< of one try
  std::chrono::nanoseconds grace{5'000'000'000};               ///< between SIGTERM and SIGKILL
  std::chrono::nanoseconds shortage_patience{30'000'000'000};  ///< without resources for even one job
  bool stop_at_first_failure = false;
  fail_limit max_fails{};
  bool capture = true;         ///< false: jobs write straight to our stdout and stderr
  bool only_failures = false;  ///< the output of jobs that end well is dropped
  std::uint64_t seed = 0;      ///< of the waits before retries
};

}  // namespace braid::runner
