// Decides when to try again and how long to wait first. A pure value, with no clock and no random source of its own.
//
// Delay: exponential with full jitter, uniform in [0, min(longest, first * 2^(failures - 1))]. Full jitter spreads the
// retries of callers that failed together (Brooker, "Exponential Backoff and Jitter", 2015).
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>

namespace braid {

struct retry_policy {
  unsigned retries = 0;                           ///< further tries after the first one
  std::chrono::nanoseconds first{1'000'000'000};  ///< ceiling of the wait after the first failure
  std::chrono::nanoseconds longest{60'000'000'000};

  /// Returns true if a job that has been tried `tries` times may be tried once more.
  [[nodiscard]] constexpr bool allows(unsigned tries) const { return tries <= retries; }

  /// Returns the longest wait that delay() may give after `failures` failures (1, 2, ...).
  [[nodiscard]] constexpr std::chrono::nanoseconds ceiling(unsigned failures) const {
    auto wait = std::min(first, longest);
    for (unsigned doubled = 1; doubled < failures && wait.count() > 0 && wait < longest; ++doubled) {
      wait = wait > longest / 2 ? longest : wait * 2;
    }
    return std::max(wait, std::chrono::nanoseconds{0});
  }

  /// Returns how long to wait after `failures` failures. Equal generators give equal waits.
  template<std::uniform_random_bit_generator G>
  [[nodiscard]] std::chrono::nanoseconds delay(unsigned failures, G& random) const {
    std::uniform_int_distribution<std::chrono::nanoseconds::rep> jitter(0, ceiling(failures).count());
    return std::chrono::nanoseconds{jitter(random)};
  }
};

}  // namespace braid
