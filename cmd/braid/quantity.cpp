#include "cmd/braid/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "braid/runner/refusal.hpp"

namespace braid::cmd {
namespace {

constexpr std::uint64_t most_slots = 10'000;

[[noreturn]] void refuse(std::string_view option, std::string_view text, std::string_view wanted) {
  throw runner::refusal(std::string(option) + " takes " + std::string(wanted) + ", not \"" + std::string(text) + "\"");
}

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

constexpr std::chrono::hours longest{10'000};

/// A number such as "90", "1.5" or ".5" at the start of `text`, which it leaves behind.
std::optional<double> take_decimal(std::string_view& text) {
  const auto length = std::min(text.find_first_not_of("0123456789."), text.size());
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + length) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

/// The nanoseconds of the unit at the start of `text`, which it leaves behind.
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

/// Parts with units, the greatest first, or one number of seconds.
std::optional<std::chrono::nanoseconds> duration(std::string_view text) {
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

constexpr std::string_view a_time = "a time such as 500ms, 1.5s, 30s, 1m30s, 2h or 1d (at least 1ms, at most 10,000h)";

}  // namespace

std::uint64_t parse_number(std::string_view option, std::string_view text, std::uint64_t least, std::uint64_t most) {
  const auto value = whole(text);
  if (!value || *value < least || *value > most) {
    refuse(option, text, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *value;
}

std::chrono::nanoseconds parse_duration(std::string_view option, std::string_view text) {
  const auto value = duration(text);
  if (value) return *value;
  if (text.ends_with('%')) {
    refuse(option, text, std::string(a_time) + "; a share of the median run time is not in this version");
  }
  refuse(option, text, a_time);
}

void parse_backoff(std::string_view option, std::string_view text, retry_policy& to) {
  const auto dots = text.find("..");
  const auto first = duration(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : duration(text.substr(dots + 2));
  if (!first || !last || *last < *first) refuse(option, text, "two times such as 1s..60s, the shorter one first");
  to.first = *first;
  to.longest = *last;
}

std::size_t parse_slots(std::string_view option, std::string_view text, std::size_t cpus) {
  const bool percent = text.ends_with('%');
  const bool more = text.starts_with('+');
  const auto digits = text.substr(more ? 1 : 0, text.size() - (more ? 1 : 0) - (percent ? 1 : 0));
  const auto value = whole(digits);
  if (!value || (percent && more) || *value > most_slots * 100) {
    refuse(option, text, "a number of slots such as 8, 50% (of the CPUs) or +2 (more than CPUs)");
  }
  const auto slots = percent ? std::max<std::uint64_t>(1, cpus * *value / 100) : more ? cpus + *value : *value;
  if (slots < 1 || slots > most_slots) refuse(option, text, "1 to 10,000 slots");
  return slots;
}

runner::fail_limit parse_fail_limit(std::string_view option, std::string_view text) {
  using unit = runner::fail_limit::unit;
  const bool percent = text.ends_with('%');
  const auto value = whole(percent ? text.substr(0, text.size() - 1) : text);
  if (!value || (percent && *value > 100)) refuse(option, text, "how many jobs may fail, such as 3 or 5%");
  return {percent ? unit::percent : unit::jobs, *value};
}

}  // namespace braid::cmd
