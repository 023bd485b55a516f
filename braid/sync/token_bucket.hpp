// The arithmetic of a rate: how many tokens are there at a time, and when there will be enough. No lock, no clock.
//
// Invariants
// 1. credit_ is the content of the bucket at as_of_, in parts of a token. One token is `per` parts (one for each
//    nanosecond of `per`), and each nanosecond adds `tokens` parts. So it is exact: nothing is rounded and nothing
//    drifts.
// 2. 0 <= credit_ <= burst x per < 2^127, and no sum below reaches 2^128, whatever the rate and the times.
// 3. as_of_ never goes back.
#pragma once

#include <cstdint>

#include "braid/runtime/clock.hpp"

namespace braid {

/// `tokens` more in each `per`, evenly, and at most `burst` at once. All three are above zero.
struct rate {
  std::uint64_t tokens = 1;
  duration per = std::chrono::seconds(1);
  std::uint64_t burst = 1;

  bool operator==(const rate&) const = default;
};

namespace detail {

/// Returns `r`. Throws std::invalid_argument unless all three are above zero.
const rate& checked(const rate& r);

/// Gives at most burst + tokens/per x (b - a) in any interval [a, b]. Full when it is made. Requires external locking.
class token_bucket {
 public:
  token_bucket(const rate& r, time_point now);

  const braid::rate& rate() const noexcept { return rate_; }
  /// Returns the earliest time, from as_of_ on, at which `tokens` are there if none are taken before; time_point::max()
  /// for never. Requires at most `burst` tokens.
  time_point when(std::uint64_t tokens) const noexcept;
  /// Takes the tokens at a time that when(tokens) allows, not before the last one.
  void take(std::uint64_t tokens, time_point at) noexcept;
  /// Sets another rate from `now` on. Tokens that are there stay, up to the new burst. Of a token that has come in
  /// part, at most one part in the new `per` is lost, and nothing is gained.
  void change(const braid::rate& r, time_point now);

 private:
  __extension__ typedef unsigned __int128 parts;

  parts cost(std::uint64_t tokens) const noexcept { return parts{tokens} * period(); }
  std::uint64_t period() const noexcept { return static_cast<std::uint64_t>(rate_.per.count()); }
  void advance_to(time_point now) noexcept;

  braid::rate rate_;
  parts credit_;
  time_point as_of_;
};

}  // namespace detail
}  // namespace braid
