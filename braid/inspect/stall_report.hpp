// Reports the waits that have lasted too long, as a text for a person. It says who waits, in what, since when, where,
// and what could end the wait. docs/stalls.md shows it.
//
//   BRAID_STALL_REPORT=5s ./program               // on stderr, in every program that uses braid
//   braid::stall_watch watch(5s);                 // the same, while `watch` exists (stall_watch.hpp)
//   std::puts(braid::stalled_waits(5s).c_str());  // once
#pragma once

#include <string>

#include "braid/runtime/clock.hpp"

namespace braid {

/// Starts to record waits: those that begin from now on are in stalled_waits(). Each wait then costs an allocation, a
/// lock and, on a thread, a walk over its stack. May be called on any thread. Recording stays on in the child of a
/// fork, which starts without records.
void record_waits() noexcept;

/// Returns one paragraph for each wait that has lasted for `limit` or longer, longest first, at most 100. Returns an
/// empty text if there is none or waits are not recorded. Leaves out timers and workers without work. May be called on
/// any thread.
std::string stalled_waits(duration limit);

}  // namespace braid
