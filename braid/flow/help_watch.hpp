// When is one more worker worth its way? Pure: it is told what was started, and when, and has no clock of its own.
//
// So what waits is seen after 20 to 40 us; after a phase of short work, up to a millisecond later.
//
// A look is taken while there is something that could be started and nobody idle was called for it. It comes in pairs:
// the first only begins a time of 20 us, the second judges it. Where nothing was started in that time, everything that
// runs is long or waits, and everybody is called. Where things were started, one more is called if they take half a
// microsecond or more, which is what it costs to hand one to another thread, and a CPU is left for it; else the next
// pair comes after a pause, which gets longer, up to a millisecond, while looks are in vain.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace braid::detail {

/// Needs outside locking.
class help_watch {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using nanoseconds = std::chrono::nanoseconds;
  using microseconds = std::chrono::microseconds;

  /// So long may something wait that could be started (law F0).
  static constexpr microseconds too_long{20};
  static constexpr microseconds longest_pause{1000};
  /// Work that takes so long is worth that one more worker comes for it; and a bit less, is worth that it stays.
  static constexpr nanoseconds worth_coming{500}, worth_staying{450};
  static constexpr std::size_t everybody = std::numeric_limits<std::size_t>::max();

  struct advice {
    std::size_t calls = 0;      ///< So many more workers, as long as there is something for each.
    microseconds again{0};      ///< The next look.
    std::uint64_t started = 0;  ///< Since the last one.
  };

  /// There is something to look after, for the first time or again: the first look is due after the time it gives.
  microseconds begin(time_point now) noexcept {
    if (now - looked_at_ > 10 * longest_pause) pause_ = too_long;  // what it has seen is long ago
    judges_ = false;
    return pause_;
  }
  /// `started` so many in all until now, by so many `workers`, who have so many `cpus`.
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

  /// Something shows that work moves too slowly, or that looks are in vain, before a look does.
  void is_wanted() noexcept { pause_ = too_long; }
  void is_in_vain() noexcept { pause_ = std::min(2 * pause_, longest_pause); }

 private:
  bool judges_ = false;  ///< The next look does.
  time_point looked_at_;
  std::uint64_t started_at_look_ = 0;
  microseconds pause_ = too_long;
};

}  // namespace braid::detail
