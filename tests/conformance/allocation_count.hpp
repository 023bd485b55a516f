// Counts what this program takes from the heap through operator new, which it replaces.
#pragma once

#include <cstddef>

namespace braid::conformance {

/// Calls of operator new so far, of all threads.
std::size_t allocations() noexcept;
/// Bytes that are allocated now.
std::size_t live_bytes() noexcept;

/// Rounds of a loop that must not allocate: those that may, and those that are counted.
inline constexpr int warm_up = 100, measured = 300;

}  // namespace braid::conformance
