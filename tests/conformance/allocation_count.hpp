// Counts what this program takes from the heap through operator new, which it replaces.
#pragma once

#include <cstddef>

namespace braid::conformance {

/// Calls of operator new so far, of all threads.
std::size_t allocations() noexcept;
/// Bytes that are allocated now.
std::size_t live_bytes() noexcept;

/// Lets one call of operator new by the calling thread throw std::bad_alloc: the one after `spared` further calls.
void fail_allocation_after(std::size_t spared) noexcept;
/// Ends that. Returns true if the call has thrown.
bool allocation_has_failed() noexcept;
/// A sanitizer's own operator new cannot be replaced.
extern const bool allocations_can_fail;

/// Rounds of a loop that must not allocate: those that may, and those that are counted.
inline constexpr int warm_up = 100, measured = 300;

}  // namespace braid::conformance
