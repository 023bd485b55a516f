// Turns addresses of the program's code into a command that shows their source lines.
#pragma once

#include <span>
#include <string>

namespace braid::detail {

/// Writes the return addresses of the running calls to the start of `to`, from the one that returns to `innermost`
/// outwards. Requires that `to` is not empty. Without unwind tables, writes `innermost` alone.
void note_callers(const void* innermost, std::span<const void*> to) noexcept;

/// Returns "addr2line -Cfipe /path/program 0x1234 0x1300" for calls that return to these addresses, innermost first;
/// one command for each object file, joined by "; ". Leaves out the C and C++ libraries. Empty if nothing is left.
std::string code_places(std::span<const void* const> return_addresses);

}  // namespace braid::detail
