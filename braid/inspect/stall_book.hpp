// Which waits to report: each when it has lasted for the limit, and again at each doubling of that.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "braid/runtime/clock.hpp"
#include "braid/runtime/wait_registry.hpp"

namespace braid::detail {

/// One thread. Any clock: it is given how long a wait has lasted.
class stall_book {
 public:
  explicit stall_book(duration limit) noexcept : limit_(limit) {}
  /// Once for each look at a wait; returns true if it is to be reported.
  bool is_due(std::uint64_t wait, duration lasted);
  /// Forgets the waits that the last round of is_due did not name.
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

/// One round: a text with those of `waits` that are due at `now`; empty if none is.
std::string report_of(const std::vector<seen_wait>& waits, time_point now, stall_book& book);

}  // namespace braid::detail
