// Numbers as people write them on a command line. Pure. Each function throws runner::usage_error, which names
// option and text.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "braid/base/retry_policy.hpp"
#include "braid/runner/fail_limit.hpp"

namespace braid::cmd {

/// Parses a whole number in [least, most].
[[nodiscard]] std::uint64_t parse_number(std::string_view option, std::string_view text, std::uint64_t least,
                                         std::uint64_t most);

/// Parses "500ms", "0.2s", "30s", "5m", "1m30s", "1h 30m", "2h", "1d", "90 seconds"; a plain number, such as 1.5, is
/// seconds. The greatest unit comes first. At least 1 ms, at most 10,000 hours.
[[nodiscard]] std::chrono::nanoseconds parse_duration(std::string_view option, std::string_view text);

/// Parses "1s..60s", or one time for both ends. parse_duration reads each.
void parse_backoff(std::string_view option, std::string_view text, retry_policy& to);

/// Parses "8", "50%" or "+2"; the last two are relative to `cpus`. At least 1, at most 10,000.
[[nodiscard]] std::size_t parse_slots(std::string_view option, std::string_view text, std::size_t cpus);

/// Parses "3" or "5%".
[[nodiscard]] runner::fail_limit parse_fail_limit(std::string_view option, std::string_view text);

}  // namespace braid::cmd
