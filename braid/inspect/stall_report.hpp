// The waits that have lasted too long, as a text for a person: who waits, in what, since when, where, and what could
// end it. docs/stalls.md shows it.
//
//   BRAID_STALL_REPORT=5s ./program               // on stderr, in every program that uses braid
//   braid::stall_watch watch(5s);                 // the same from here on, as long as it lives (stall_watch.hpp)
//   std::puts(braid::stalled_waits(5s).c_str());  // once
#pragma once

#include <string>

#include "braid/runtime/clock.hpp"

namespace braid {

/// From now on waits are recorded: those that begin later are in stalled_waits(). Each wait then costs an allocation, a
/// lock and, on a thread, a walk over its stack. Any thread. In the child of a fork too, whose own waits are recorded
/// anew.
void record_waits() noexcept;

/// Returns one paragraph for each wait that has lasted for `limit` or longer, longest first, at most 100; empty if
/// there is none, or waits are not recorded. Timers and workers without work are left out. Any thread.
std::string stalled_waits(duration limit);

}  // namespace braid
