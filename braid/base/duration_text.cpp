#include "braid/base/duration_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace braid::detail {
namespace {

constexpr std::chrono::hours longest{10'000};

/// Reads a number such as "90", "1.5" or ".5" at the start of `text` and removes it there.
std::optional<double> take_decimal(std::string_view& text) {
  const auto length = std::min(text.find_first_not_of("0123456789."), text.size());
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + length) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

/// Reads the unit at the start of `text`, removes it there and returns its length in nanoseconds.
std::optional<double> take_unit(std::string_view& text) {
  struct unit {
    std::string_view name;
    double length;
  };
  constexpr std::array<unit, 22> units{
      {{"ms", 1e6},      {"msec", 1e6},     {"s", 1e9},      {"sec", 1e9},     {"secs", 1e9},     {"second", 1e9},
       {"seconds", 1e9}, {"m", 60e9},       {"min", 60e9},   {"mins", 60e9},   {"minute", 60e9},  {"minutes", 60e9},
       {"h", 3600e9},    {"hr", 3600e9},    {"hrs", 3600e9}, {"hour", 3600e9}, {"hours", 3600e9}, {"d", 86400e9},
       {"day", 86400e9}, {"days", 86400e9}, {"us", 1e3},     {"usec", 1e3}}};
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto name = text.substr(0, std::min(text.find_first_of("0123456789. "), text.size()));
  const auto found = std::ranges::find(units, name, &unit::name);
  if (found == units.end()) return std::nullopt;
  text.remove_prefix(name.size());
  return found->length;
}

}  // namespace

std::optional<std::chrono::nanoseconds> duration_from(std::string_view text) noexcept {
  double sum = 0, last_unit = 1e300;
  for (bool first = true; first || !text.empty(); first = false) {
    const auto count = take_decimal(text);
    const auto unit = !count ? std::nullopt : first && text.empty() ? std::optional(1e9) : take_unit(text);
    if (!unit || *unit >= last_unit) return std::nullopt;
    last_unit = *unit;
    sum += *count * *unit;
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  if (sum < 1e6 || sum > static_cast<double>(std::chrono::nanoseconds(longest).count())) return std::nullopt;
  return std::chrono::nanoseconds(std::llround(sum));
}

}  // namespace braid::detail
