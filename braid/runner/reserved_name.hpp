// Names in braces that other runners or later versions of braid replace, and this version does not. Pure.
//
// A template that holds one is refused: passed on as text, it would silently mean something its author did not intend.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace braid::runner {

/// Returns the reserved name that `text` starts with, if any. Reserved are names of
/// - GNU parallel: {1}, {-1}, {= =}, {..}, {+/}, {##};
/// - rush: {:}, {^suffix}, {%.}, {@regexp};
/// - later versions of braid: {:ext}, {try}, {run}, {tmp};
/// - template languages with doubled braces ({{.Id}}), whose first brace would be taken for an escape.
/// Text of awk, JSON, jq and shells does not match: a name has no blanks, quotes or commas.
[[nodiscard]] std::optional<std::string_view> match_reserved(std::string_view text);

/// Returns the sentence that refuses a reserved name: how to write its meaning, and how to write its characters.
[[nodiscard]] std::string refuse_reserved(std::string_view name);

}  // namespace braid::runner
