// A shell script with placeholders in which a value never becomes script text.
//
// Each placeholder is replaced by a reference to a positional parameter, fitted to the quotes around it:
//   cp {} x      ->  cp "${1}" x
//   cp "{}.bak"  ->  cp "${1}.bak"
//   awk '/{}/'   ->  awk '/'"${1}"'/'
// The values travel as arguments: sh -c SCRIPT sh VALUE... .
//
// A small lexer that agrees with dash and bash follows the quotes. It refuses, with a one-line fix, text that it cannot
// judge and text that evaluates its operands a second time (arithmetic). A wrong guess could print a wrong word, but
// never run one. A second shell inside the script (eval, sh -c "{}", ssh host {}) reads its text again: that text is
// its author's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "braid/runner/placeholder.hpp"

namespace braid::runner {

/// The script to run, and the placeholders that give its positional parameters $1, $2, ... their values.
struct shell_template {
  std::string script;
  std::vector<placeholder> parameters;
  std::string warning;  ///< of second_reading
};

/// Reads a script; appends `{}` if it holds no placeholder. Throws usage_error.
[[nodiscard]] shell_template parse_shell_template(std::string_view script);

/// Returns true if a lone command word is meant for a shell: it holds a blank or a character that a shell treats
/// specially. Placeholders do not count.
[[nodiscard]] bool looks_like_shell(std::string_view word);

/// Returns `text` such that a POSIX shell reads it back as one word; unchanged if nothing in it is special.
[[nodiscard]] std::string shell_quote(std::string_view text);

}  // namespace braid::runner
