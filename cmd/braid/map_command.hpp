// `braid map`: connects a request to the engine, and the engine to this terminal.
#pragma once

#include <string_view>
#include <vector>

#include "cmd/braid/exit_code.hpp"

namespace braid::cmd {

/// Writes `text` to stdout. Throws runner::output_error if it cannot.
exit_code print(std::string_view text);

/// Runs the request and reports how it went. Throws runner::usage_error if nothing could be started as asked.
[[nodiscard]] exit_code map(const std::vector<std::string_view>& words);

}  // namespace braid::cmd
