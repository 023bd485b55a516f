// The text of `braid -h` and `braid map -h`: one screen.
#pragma once

#include <string_view>

namespace braid::cmd {

[[nodiscard]] std::string_view map_help();

}  // namespace braid::cmd
