// A command as one line that a POSIX shell runs: what `--dry-run` and `-v` print. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace braid::runner {

/// Returns a line without newline or control characters that dash, bash and other POSIX shells run as a slot runs
/// `argv`: the same words, the same program (`env NAME` if the shell has a builtin or a keyword of that name), an empty
/// stdin. Words with control characters turn the whole line into an `eval` of its printf form. Requires a non-empty
/// `argv`.
[[nodiscard]] std::string shell_line(const std::vector<std::string>& argv);

}  // namespace braid::runner
