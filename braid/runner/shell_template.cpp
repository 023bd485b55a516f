#include "braid/runner/shell_template.hpp"

#include <algorithm>

#include "braid/runner/shell_lexer.hpp"

namespace braid::runner {

shell_template parse_shell_template(std::string_view script) {
  return shell_lexer(script).read();
}

bool looks_like_shell(std::string_view word) {
  constexpr std::string_view special = " \t\n\"'\\`$|&;<>()*?[]#~!";
  while (!word.empty()) {
    if (const auto match = match_placeholder(word)) {
      word.remove_prefix(match->length);
      continue;
    }
    if (special.find(word.front()) != std::string_view::npos) return true;
    word.remove_prefix(1);
  }
  return false;
}

std::string shell_quote(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:=,+@%").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, plain)) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted += '\'';
}

}  // namespace braid::runner
