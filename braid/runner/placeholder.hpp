// The names that may stand in a template, and what each makes of an input. Pure.
//
//   {}  the input          {.}  without its extension      {/}  last part of the path
//   {//} its directory     {/.} last part, no extension    {#}  number of the job    {%}  number of the slot
//
// The path forms cut text as GNU parallel does: an extension follows the last dot of the last part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace braid::runner {

enum class placeholder : std::uint8_t { whole, stem, name, directory, name_stem, number, slot };

/// The values that fill a template.
struct binding {
  std::string_view input;
  std::uint64_t number = 0;  ///< 1, 2, ... in input order
  std::size_t slot = 0;      ///< 1 .. slots
};

/// A placeholder at the start of some text, and its length there.
struct placeholder_match {
  placeholder what;
  std::size_t length;
};

/// Returns the placeholder that `text` starts with, if any.
[[nodiscard]] std::optional<placeholder_match> match_placeholder(std::string_view text);

/// Appends the value that `what` stands for.
void expand(placeholder what, const binding& values, std::string& to);

}  // namespace braid::runner
