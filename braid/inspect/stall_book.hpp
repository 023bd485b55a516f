// Decides which waits to report: each wait once it has lasted for the limit, and again at each doubling of that time.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "braid/runtime/clock.hpp"
#include "braid/runtime/wait_registry.hpp"

namespace braid::detail {

/// Used by one thread. Works with any clock, since the caller passes how long a wait has lasted.
class stall_book {
 public:
  explicit stall_book(duration limit) noexcept : limit_(limit) {}
  /// Call once for each wait in each round. Returns true if the wait is to be reported.
  bool is_due(std::uint64_t wait, duration lasted);
  /// Ends a round: forgets the waits for which is_due was not called in it.
  void end_round();
  duration limit() const noexcept { return limit_; }

 private:
  struct entry {
    duration next;
    bool seen;
  };
  const duration limit_;
  std::unordered_map<std::uint64_t, entry> waits_;
};

/// Runs one round. Returns a text with those of `waits` that are due at `now`, or an empty text if none is due.
std::string report_of(const std::vector<seen_wait>& waits, time_point now, stall_book& book);

}  // namespace braid::detail
