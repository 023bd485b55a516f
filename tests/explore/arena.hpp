// The memory of one schedule: while it is open, every operator new of the program comes from one block that starts
// anew with each schedule.
//
// Two reasons. Replay: code that orders locks by address behaves the same in every run of a prefix. And touches after
// death: memory is never given out twice within a schedule, so what was freed stays recognisably dead. A schedule
// that is given up half way leaks nothing either.
#pragma once

#include <cstddef>

namespace explore::arena {

/// Opens and closes the arena for operator new. Closed from the start.
bool open(bool on) noexcept;

/// Forgets everything that was allocated. Nothing of it may be used after.
void reset() noexcept;

/// Bytes given out since the last reset.
std::size_t used() noexcept;

/// The explorer's own allocations while explored code runs.
class closed_here {
 public:
  closed_here() noexcept : was_(open(false)) {}
  ~closed_here() { open(was_); }
  closed_here(const closed_here&) = delete;
  closed_here& operator=(const closed_here&) = delete;

 private:
  bool was_;
};

}  // namespace explore::arena
