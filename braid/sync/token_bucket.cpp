#include "braid/sync/token_bucket.hpp"

#include <algorithm>

#include "braid/base/argument.hpp"

namespace braid::detail {
namespace {

/// Returns the time from the earlier to the later of two times; correct even if the signed difference would overflow.
std::uint64_t nanoseconds_between(time_point from, time_point to) noexcept {
  static_assert(std::is_same_v<duration, std::chrono::nanoseconds>);
  return static_cast<std::uint64_t>(to.time_since_epoch().count()) -
         static_cast<std::uint64_t>(from.time_since_epoch().count());
}

}  // namespace

const rate& checked(const rate& r) {
  checked_argument("tokens of a rate", r.tokens, 1);
  checked_period("per of a rate", r.per);
  checked_argument("burst of a rate", r.burst, 1);
  return r;
}

token_bucket::token_bucket(const braid::rate& r, time_point now)
    : rate_(checked(r)), credit_(cost(r.burst)), as_of_(now) {}

time_point token_bucket::when(std::uint64_t tokens) const noexcept {
  const parts wanted = cost(tokens);
  if (wanted <= credit_) return as_of_;
  const parts wait = (wanted - credit_ + rate_.tokens - 1) / rate_.tokens;
  if (wait >= nanoseconds_between(as_of_, time_point::max())) return time_point::max();
  return time_point(duration(static_cast<duration::rep>(static_cast<std::uint64_t>(as_of_.time_since_epoch().count()) +
                                                        static_cast<std::uint64_t>(wait))));
}

void token_bucket::take(std::uint64_t tokens, time_point at) noexcept {
  advance_to(at);
  credit_ -= cost(tokens);
}

void token_bucket::change(const braid::rate& r, time_point now) {
  checked(r);
  advance_to(now);
  const parts whole = credit_ / period(), part = credit_ % period();
  const parts was = period();
  rate_ = r;
  credit_ = std::min(whole, parts{r.burst}) * period() + part * period() / was;
  credit_ = std::min(credit_, cost(r.burst));
}

void token_bucket::advance_to(time_point now) noexcept {
  if (now <= as_of_) return;
  const parts come = parts{nanoseconds_between(as_of_, now)} * rate_.tokens;
  const parts room = cost(rate_.burst) - credit_;
  credit_ = come < room ? credit_ + come : cost(rate_.burst);
  as_of_ = now;
}

}  // namespace braid::detail
