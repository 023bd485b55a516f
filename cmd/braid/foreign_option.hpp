// Options of GNU xargs, GNU parallel and rush, and of later versions of braid, that `braid map` does not have, and
// their replacements. Pure.
#pragma once

#include <string_view>

namespace braid::cmd {

/// Returns what to do in place of the option `name`, given without dashes: a letter or a long name. Empty if none of
/// these tools has it.
[[nodiscard]] std::string_view way_without(std::string_view name);

}  // namespace braid::cmd
