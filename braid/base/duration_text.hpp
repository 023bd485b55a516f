// Durations as people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace braid::detail {

/// The forms that duration_from() reads, in words for an error message.
inline constexpr std::string_view a_duration =
    "a time such as 500ms, 1.5s, 30s, 1m30s, 2h or 1d (at least 1ms, at most 10,000h)";

/// Reads "500ms", "0.2s", "30s", "5m", "1m30s", "1h 30m", "2h", "1d", "90 seconds". A plain number, also "1.5", is in
/// seconds. The parts are in order, greatest unit first. Returns nullopt for any other text, below 1 ms and above
/// 10,000 hours.
std::optional<std::chrono::nanoseconds> duration_from(std::string_view text) noexcept;

}  // namespace braid::detail
