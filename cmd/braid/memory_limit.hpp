// The limit of the program's address space (ulimit -v), as clusters set it.
#pragma once

#include <cstdint>
#include <optional>

namespace braid::cmd {

/// Returns the limit in bytes; empty if there is none.
[[nodiscard]] std::optional<std::uint64_t> memory_limit() noexcept;

/// Under such a limit, gives threads small stacks and one shared arena of the heap. By default glibc reserves 8 MB of
/// addresses for the stack of each thread and 64 MB for its heap, and the limit counts them. Call before the first
/// thread is started.
void keep_to_memory_limit() noexcept;

}  // namespace braid::cmd
