// Gives bytes of ours to a child as its input.
#pragma once

#include <string_view>

#include "braid/base/descriptor.hpp"

namespace braid::process {

/// Returns a file in memory that holds `bytes` and is read from its start: for command::input. The child can seek and
/// map it. No thread of ours has to feed a pipe, so a child that never reads blocks no thread and raises no SIGPIPE.
/// One feed serves one child (the read position is shared). Price: the memory of `bytes` until both sides have closed
/// it; about 10 us. Throws std::system_error.
descriptor feed(std::string_view bytes);

}  // namespace braid::process
