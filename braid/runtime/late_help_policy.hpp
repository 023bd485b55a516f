// Decides when one more worker pays off. Pure: it is told what was started and when, and has no clock of its own.
//
// Work that waits is seen after 20 to 40 us; after a phase of short work, up to a millisecond later.
//
// Looks are taken while something could be started and no idle worker was called for it. They come in pairs: the first
// look only begins an interval of 20 us, the second judges it.
// - If nothing was started in the interval, everything that runs is long or waits, and all workers are called.
// - If things were started, one more worker is called if each takes half a microsecond or more, which is the cost of a
//   hand-off to another thread, and if a CPU is left for the worker.
// - Else the next pair comes after a pause. It gets longer, up to a millisecond, while looks are in vain.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace braid::detail {

/// Requires outside locking.
class late_help_policy {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using nanoseconds = std::chrono::nanoseconds;
  using microseconds = std::chrono::microseconds;

  /// How long something that could be started may wait (law F0).
  static constexpr microseconds too_long{20};
  static constexpr microseconds longest_pause{1000};
  /// The length of work that is worth calling one more worker for; and, a bit less, that is worth keeping one for.
  static constexpr nanoseconds worth_coming{500}, worth_staying{450};
  static constexpr std::size_t everybody = std::numeric_limits<std::size_t>::max();

  struct advice {
    std::size_t calls = 0;      ///< How many more workers to call, while there is something for each.
    microseconds again{0};      ///< The time until the next look.
    std::uint64_t started = 0;  ///< How much was started since the last look.
  };

  /// Call when there is something to watch, for the first time or again. Returns the time until the first look.
  microseconds begin(time_point now) noexcept {
    if (now - looked_at_ > 10 * longest_pause) pause_ = too_long;  // its last look is long ago
    judges_ = false;
    return pause_;
  }
  /// `started` is the total until now, by `workers` workers on `cpus` CPUs.
  advice look(time_point now, std::uint64_t started, std::size_t workers, std::size_t cpus) noexcept {
    const nanoseconds meanwhile = now - std::exchange(looked_at_, now);
    const std::uint64_t begun = started - std::exchange(started_at_look_, started);
    if (!std::exchange(judges_, !judges_)) return {0, too_long, begun};
    if (begun == 0) return is_wanted(), advice{everybody, too_long, begun};
    const auto each = meanwhile * static_cast<std::int64_t>(workers) / static_cast<std::int64_t>(begun);
    if (workers < cpus && each >= worth_coming) return is_wanted(), advice{1, too_long, begun};
    is_in_vain();
    return {0, pause_, begun};
  }

  /// Call when something other than a look shows first that work moves too slowly, or that looks are in vain.
  void is_wanted() noexcept { pause_ = too_long; }
  void is_in_vain() noexcept { pause_ = std::min(2 * pause_, longest_pause); }

 private:
  bool judges_ = false;  ///< The next look judges its interval.
  time_point looked_at_;
  std::uint64_t started_at_look_ = 0;
  microseconds pause_ = too_long;
};

}  // namespace braid::detail
