#include "braid/runner/shell_lexer.hpp"

#include <algorithm>
#include <utility>

#include "braid/runner/reserved_name.hpp"
#include "braid/runner/usage_error.hpp"

namespace braid::runner {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

[[noreturn]] void refuse(std::string_view construct, std::string_view mend) {
  throw usage_error("the script holds " + std::string(construct) + "; " + std::string(mend));
}

constexpr std::string_view as_a_file = "put the script into a file and run it as words: braid map sh ./script {}";

}  // namespace

shell_template shell_lexer::read() {
  read_commands(false);
  if (made_.parameters.empty()) {
    if (ended_in_comment_) refuse("no placeholder and ends in a comment", "write {} where the input belongs");
    words_.end_word();
    words_.check_value_allowed();
    words_.add_input();
    made_.script += ' ';
    refer_to(placeholder::whole, context::unquoted);
  }
  words_.end_command();
  if (made_.warning.empty()) made_.warning = words_.warning();
  return std::move(made_);
}

void shell_lexer::read_commands(bool inside_substitution) {
  std::size_t open = 0;
  while (!rest_.empty()) {
    const char c = peek();
    if (inside_substitution && c == ')' && open == 0) {
      words_.end_command();
      return;
    }
    if (c == '(') ++open;
    if (c == ')' && open > 0) --open;
    if (c == '#' && words_.at_word_start()) {
      read_comment();
    } else if (c == '\'') {
      read_single_quoted();
    } else if (c == '"') {
      read_double_quoted();
    } else if (c == '`') {
      read_backquoted();
    } else if (c == '\\') {
      read_escaped();
    } else if (c == '$') {
      read_dollar(context::unquoted);
    } else if (is_blank(c) || std::string_view(";|&()<>\n").find(c) != std::string_view::npos) {
      read_operator();
      if (inside_substitution && words_.saw_case()) refuse("case inside $( )", as_a_file);
    } else if (!read_placeholder(context::unquoted)) {
      words_.add(c);
      take(1);
    }
  }
  if (inside_substitution) refuse("$( without its )", "close it");
}

void shell_lexer::read_operator() {
  const char c = peek();
  if (c == '<' && peek(1) == '<') {
    if (peek(2) != '<') refuse("a here-document", "use printf '%s\\n' {} | command instead");
    words_.end_word();
    words_.begin_file();
    take(3);
    return;
  }
  if (c == '(') {
    if (peek(1) == '(') refuse("(( )), which evaluates values as arithmetic", "use [ ] and expr, or a file");
    const auto next = std::ranges::find_if_not(rest_.substr(1), is_blank);
    const bool array = words_.word().ends_with('=');
    if (!array && next != rest_.end() && *next == ')')
      refuse("a function, which has positional parameters of its own", as_a_file);
  }
  if (is_blank(c) || c == '<' || c == '>') {
    words_.end_word();
    if (!is_blank(c)) words_.begin_file();
  } else {
    words_.end_command();
  }
  take(1);
}

void shell_lexer::read_single_quoted() {
  words_.add('\'', true);
  take(1);
  while (!rest_.empty() && peek() != '\'') {
    if (!read_placeholder(context::single_quoted)) take(1);
  }
  if (rest_.empty()) refuse("a single quote that is not closed", "close it, or write it as \"'\"");
  take(1);
}

void shell_lexer::read_ansi_quoted() {
  const auto close = rest_.find('\'', 2);
  const auto text = rest_.substr(0, close);
  if (close == std::string_view::npos || text.ends_with('\\')) {
    refuse("$'...' with an escaped quote", "shells disagree about it: use \"$(printf ...)\"");
  }
  words_.add('\'', true);
  take(2);
  skip_past('\'', "a placeholder inside $'...'", "use \"{}\" beside it");
}

void shell_lexer::read_double_quoted() {
  words_.add('"', true);
  take(1);
  while (!rest_.empty() && peek() != '"') {
    if (peek() == '\\') {
      read_escaped();
    } else if (peek() == '`') {
      read_backquoted();
    } else if (peek() == '$') {
      read_dollar(context::double_quoted);
    } else if (!read_placeholder(context::double_quoted)) {
      take(1);
    }
  }
  if (rest_.empty()) refuse("a double quote that is not closed", "close it, or write it as '\"'");
  take(1);
}

void shell_lexer::read_dollar(context where) {
  words_.add('$', true);
  if (rest_.starts_with("$((")) {
    read_arithmetic();
  } else if (rest_.starts_with("$(")) {
    take(2);
    auto outer = std::exchange(words_, {});
    read_commands(true);
    if (made_.warning.empty()) made_.warning = words_.warning();
    words_ = std::move(outer);
    take(1);
  } else if (rest_.starts_with("${")) {
    read_expansion();
  } else if (rest_.starts_with("$[")) {
    refuse("$[ ], which evaluates values as arithmetic", "use $(expr ...)");
  } else if (where == context::unquoted && rest_.starts_with("$'")) {
    read_ansi_quoted();
  } else {
    take(1);
  }
}

void shell_lexer::read_expansion() {
  std::size_t depth = 0;
  do {
    if (rest_.empty()) refuse("${ without its }", "close it");
    if (rest_.starts_with("${")) {
      ++depth;
      take(2);
      continue;
    }
    const char c = peek();
    if (c == '\'' || c == '"' || c == '\\' || c == '`' || rest_.starts_with("$(")) {
      refuse("quotes inside ${ }", "put that text into a variable first");
    }
    refuse_placeholder_here("a placeholder inside ${ }", "assign it first: v={}; ... ${v%x}");
    if (c == '}') --depth;
    take(1);
  } while (depth > 0);
}

void shell_lexer::read_arithmetic() {
  constexpr std::string_view mend = "use $(expr {} + 1), which does not";
  std::size_t open = 0;
  take(1);
  do {
    if (rest_.empty()) refuse("$(( without its ))", "close it");
    const char c = peek();
    if (c == '\'' || c == '"' || c == '`' || c == '\\')
      refuse("quotes inside $(( ))", "put that text into a variable first");
    refuse_placeholder_here("a placeholder inside $(( )), which runs commands found in a value", mend);
    if (c == '(') ++open;
    if (c == ')') --open;
    take(1);
  } while (open > 0);
}

void shell_lexer::read_backquoted() {
  words_.add('`', true);
  take(1);
  skip_past('`', "a placeholder inside back quotes", "use $( ) instead");
}

void shell_lexer::read_comment() {
  while (!rest_.empty() && peek() != '\n') take(1);
  ended_in_comment_ = rest_.empty();
}

void shell_lexer::read_escaped() {
  if (rest_.size() == 1) refuse("a backslash at its end", "remove it");
  if (peek(1) != '\n') words_.add('\\', true);
  take(2);
}

bool shell_lexer::read_placeholder(context where) {
  if (const auto name = match_reserved(rest_)) throw usage_error(refuse_reserved(*name));
  if (rest_.starts_with("{{")) {
    for (; rest_.starts_with("{{"); rest_.remove_prefix(2)) {
      made_.script += '{';
      words_.add('{');
    }
    return true;
  }
  const auto match = match_placeholder(rest_);
  if (!match) return false;
  words_.check_value_allowed();
  words_.add_input();
  refer_to(match->what, where);
  rest_.remove_prefix(match->length);
  return true;
}

void shell_lexer::refer_to(placeholder what, context where) {
  auto found = std::ranges::find(made_.parameters, what);
  const auto number = static_cast<std::size_t>(found - made_.parameters.begin()) + 1;
  if (found == made_.parameters.end()) made_.parameters.push_back(what);
  const std::string reference = "${" + std::to_string(number) + "}";
  switch (where) {
    case context::unquoted:
      made_.script += '"' + reference + '"';
      break;
    case context::double_quoted:
      made_.script += reference;
      break;
    case context::single_quoted:
      made_.script += "'\"" + reference + "\"'";
      break;
  }
}

void shell_lexer::take(std::size_t count) {
  made_.script.append(rest_.substr(0, count));
  rest_.remove_prefix(std::min(count, rest_.size()));
}

void shell_lexer::skip_past(char end, std::string_view construct, std::string_view mend) {
  while (!rest_.empty() && peek() != end) {
    refuse_placeholder_here(construct, mend);
    take(peek() == '\\' ? 2 : 1);
  }
  if (rest_.empty()) refuse("a quote that is not closed", "close it");
  take(1);
}

void shell_lexer::refuse_placeholder_here(std::string_view construct, std::string_view mend) const {
  if (match_placeholder(rest_) || match_reserved(rest_)) refuse(construct, mend);
}

}  // namespace braid::runner
