// Turns an errno of a failed start into a sentence: what, why, and what to do.
#pragma once

#include <string>

#include "braid/process/command.hpp"
#include "braid/process/spawn_error.hpp"

namespace braid::process::detail {

/// Throws spawn_error (bad_command) for faults that are known before the kernel is asked. Price: one pass over argv.
void refuse_bad(const command& what);

/// `path` is where the program was found, or its name if it was not. Looks at the file system again, so it can be wrong
/// about a file that changed meanwhile, but never about the errno. Any thread.
spawn_error explain(const command& what, const std::string& path, int error_number);

}  // namespace braid::process::detail
