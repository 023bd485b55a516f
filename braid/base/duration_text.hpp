// Durations as people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace braid::detail {

/// The forms that duration_from() reads, in words for an error.
inline constexpr std::string_view a_duration =
    "a time such as 500ms, 1.5s, 30s, 1m30s, 2h or 1d (at least 1ms, at most 10,000h)";

/// Reads "500ms", "0.2s", "30s", "5m", "1m30s", "1h 30m", "2h", "1d", "90 seconds"; a plain number is seconds, also
/// "1.5". Parts stand greatest unit first. Returns nothing for anything else, below 1 ms and above 10,000 hours.
std::optional<std::chrono::nanoseconds> duration_from(std::string_view text) noexcept;

}  // namespace braid::detail
