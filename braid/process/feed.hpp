// Bytes of ours as the input of a child.
#pragma once

#include <string_view>

#include "braid/process/descriptor.hpp"

namespace braid::process {

/// A file in memory that holds `bytes` and is read from its start: for command::input. The child can seek and map it;
/// no thread of ours has to feed a pipe, so a child that never reads blocks nobody and raises no SIGPIPE. One feed
/// serves one child (the read position is shared). Price: the memory of `bytes` until both sides have closed it; about
/// 10 us. Throws std::system_error.
descriptor feed(std::string_view bytes);

}  // namespace braid::process
