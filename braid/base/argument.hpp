// Checks numbers that come from outside: a width, a capacity, a rate. Such a number is often read from a configuration,
// so a value out of range is bad input, not misuse: the check throws. The message names the parameter, the value and
// the range, as in "workers of a stage or pool is 0; it must be from 1 to 65536".
#pragma once

#include <chrono>
#include <concepts>
#include <limits>
#include <string>
#include <type_traits>

namespace braid::detail {

/// Throws std::invalid_argument: "`what` is `value`; it must be `allowed`".
[[noreturn]] void refuse_argument(const char* what, const std::string& value, const std::string& allowed);

template<std::integral N>
std::string range_text(N least, N most) {
  if (most == std::numeric_limits<N>::max()) return "at least " + std::to_string(least);
  return "from " + std::to_string(least) + " to " + std::to_string(most);
}

/// Returns `value`. Throws std::invalid_argument unless least <= value <= most.
template<std::integral N>
constexpr N checked_argument(const char* what, N value, std::type_identity_t<N> least,
                             std::type_identity_t<N> most = std::numeric_limits<N>::max()) {
  if (value < least || value > most) refuse_argument(what, std::to_string(value), range_text(least, most));
  return value;
}

/// Returns `value`. Throws std::invalid_argument unless it is above zero.
constexpr std::chrono::nanoseconds checked_period(const char* what, std::chrono::nanoseconds value) {
  if (value <= std::chrono::nanoseconds::zero())
    refuse_argument(what, std::to_string(value.count()) + " ns", "above 0 ns");
  return value;
}

}  // namespace braid::detail
