// Decides whether a worker without work takes work from another seat. Pure: observations in, a decision out.
//
// Work that only communicates is faster on one CPU. Two workers that share it pass cache lines back and forth and cost
// three to four times as much as one. Work that computes is faster on two. The difference shows in how long the work of
// a seat has to wait there. So `lazy` takes work only when that wait is long enough to pay for the move.
#pragma once

#include <cstdint>

namespace braid {

/// How an executor spreads tasks that were woken over its workers. Tasks that are spawned are spread at once.
enum class spread : std::uint8_t {
  eager,  ///< at once: every worker without work takes what it can get
  lazy,   ///< when it would wait for more than about 20 us at its worker, or sits behind a slice longer than 50 us
};

namespace detail {

/// One observation of a seat.
struct seat_look {
  std::int64_t when_ns = 0;
  std::uint32_t slices = 0;  ///< Slices that the seat has begun, modulo 2^32.
  std::uint32_t queued = 0;  ///< Tasks that wait in its ring and slot.
};

class spread_policy {
 public:
  static constexpr std::int64_t long_slice_ns = 50'000;
  static constexpr std::int64_t long_wait_ns = 20'000;

  /// Returns true if the seat has been in one slice for longer than a woken task should wait behind it.
  static constexpr bool in_long_slice(const seat_look& first, const seat_look& now) noexcept {
    return now.slices == first.slices && now.when_ns - first.when_ns >= long_slice_ns;
  }

  /// `first` and `now` are two looks at one seat by the same worker.
  static constexpr bool worth_taking(spread how, const seat_look& first, const seat_look& now) noexcept {
    if (now.queued == 0) return false;
    if (how == spread::eager || in_long_slice(first, now)) return true;
    const std::int64_t begun = static_cast<std::uint32_t>(now.slices - first.slices);
    return begun > 0 && (now.when_ns - first.when_ns) * now.queued >= long_wait_ns * begun;
  }
};

}  // namespace detail
}  // namespace braid
