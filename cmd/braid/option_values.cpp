#include "cmd/braid/option_values.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "braid/base/duration_text.hpp"
#include "braid/runner/usage_error.hpp"

namespace braid::cmd {
namespace {

constexpr std::uint64_t most_slots = 10'000;

[[noreturn]] void refuse(std::string_view option, std::string_view text, std::string_view wanted) {
  throw runner::usage_error(std::string(option) + " takes " + std::string(wanted) + ", not \"" + std::string(text) +
                            "\"");
}

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::uint64_t parse_number(std::string_view option, std::string_view text, std::uint64_t least, std::uint64_t most) {
  const auto value = whole(text);
  if (!value || *value < least || *value > most) {
    refuse(option, text, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *value;
}

std::chrono::nanoseconds parse_duration(std::string_view option, std::string_view text) {
  const auto value = detail::duration_from(text);
  if (value) return *value;
  if (text.ends_with('%')) {
    refuse(option, text, std::string(detail::a_duration) + "; a share of the median run time is not in this version");
  }
  refuse(option, text, detail::a_duration);
}

void parse_backoff(std::string_view option, std::string_view text, retry_policy& to) {
  const auto dots = text.find("..");
  const auto first = detail::duration_from(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : detail::duration_from(text.substr(dots + 2));
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
