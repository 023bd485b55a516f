#include "braid/runner/shell_line.hpp"

#include <algorithm>
#include <array>

#include "braid/runner/shell_template.hpp"

namespace braid::runner {
namespace {

/// Builtins and keywords of dash, bash and zsh that could also be programs. A builtin differs from the program of the
/// same name: dash's echo interprets backslashes.
constexpr std::array<std::string_view, 89> shell_names{
    ".",       ":",         "[",        "[[",      "]]",      "{",      "}",       "!",       "alias",   "bg",
    "bind",    "break",     "builtin",  "caller",  "case",    "cd",     "chdir",   "command", "compgen", "complete",
    "compopt", "continue",  "coproc",   "declare", "dirs",    "disown", "do",      "done",    "echo",    "elif",
    "else",    "enable",    "esac",     "eval",    "exec",    "exit",   "export",  "false",   "fc",      "fg",
    "fi",      "for",       "function", "getopts", "hash",    "help",   "history", "if",      "in",      "jobs",
    "kill",    "let",       "local",    "logout",  "mapfile", "popd",   "print",   "printf",  "pushd",   "pwd",
    "read",    "readarray", "readonly", "return",  "select",  "set",    "shift",   "shopt",   "source",  "stat",
    "suspend", "test",      "then",     "time",    "times",   "trap",   "true",    "type",    "typeset", "ulimit",
    "umask",   "unalias",   "unset",    "until",   "wait",    "whence", "where",   "which",   "while"};

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Returns the first word of a line. Quotes keep a name with = in it from being read as an assignment.
std::string program_word(std::string_view name) {
  if (std::ranges::find(shell_names, name) != shell_names.end()) return "env " + shell_quote(name);
  const auto quoted = shell_quote(name);
  return quoted.front() != '\'' && name.find('=') != std::string_view::npos ? "'" + quoted + "'" : quoted;
}

/// Returns `text` in the form for printf's %b between single quotes.
std::string printf_form(std::string_view text) {
  std::string form;
  for (const char c : text) {
    if (!is_control(c) && c != '\'' && c != '\\') {
      form += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    form += "\\0";
    for (const int shift : {6, 3, 0}) form += static_cast<char>('0' + ((byte >> shift) & 7));
  }
  return form;
}

}  // namespace

std::string shell_line(const std::vector<std::string>& argv) {
  std::string line = program_word(argv.front());
  for (auto word = argv.begin() + 1; word != argv.end(); ++word) line.append(" ").append(shell_quote(*word));
  if (std::ranges::any_of(line, is_control)) line = "eval \" $(printf %b '" + printf_form(line) + "')\"";
  return line + " </dev/null";
}

}  // namespace braid::runner
