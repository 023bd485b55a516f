#include "braid/runner/second_reading.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace braid::runner {
namespace {

constexpr std::array<std::string_view, 11> shells{"sh",   "bash", "dash",  "zsh", "ksh", "mksh",
                                                  "fish", "ash",  "rbash", "csh", "tcsh"};
constexpr std::array<std::string_view, 3> logins{"su", "runuser", "script"};
/// Programs whose arguments are another command.
constexpr std::array<std::string_view, 18> wrappers{"sudo",   "doas",  "env",     "timeout", "nice",    "ionice",
                                                    "nohup",  "time",  "setsid",  "stdbuf",  "exec",    "command",
                                                    "chroot", "xargs", "unshare", "setpriv", "sshpass", "builtin"};
/// Keywords of the shell that a command follows.
constexpr std::array<std::string_view, 11> keywords{"!",     "if", "then", "else", "elif",  "while",
                                                    "until", "do", "{",    "time", "coproc"};
/// Commands of the shell whose arguments are a program.
constexpr std::array<std::string_view, 2> evaluators{"eval", "trap"};

struct interpreter {
  std::string_view name;  ///< or how the name begins: python3.11
  char letter;            ///< of the option whose value is a program
};
constexpr std::array<interpreter, 7> interpreters{
    {{"python", 'c'}, {"perl", 'e'}, {"ruby", 'e'}, {"node", 'e'}, {"php", 'r'}, {"lua", 'e'}, {"Rscript", 'e'}}};

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// Returns true for -c, -lc, -euc: letters that end in `letter`.
bool is_letters_before(std::string_view word, char letter) {
  return word.size() > 1 && word.front() == '-' && word[1] != '-' && word.back() == letter;
}

char program_letter(std::string_view name) {
  const auto found = std::ranges::find_if(interpreters, [name](const interpreter& each) {
    const auto version = name.substr(std::min(each.name.size(), name.size()));
    return name.starts_with(each.name) && version.find_first_not_of("0123456789.") == std::string_view::npos;
  });
  return found == interpreters.end() ? '\0' : found->letter;
}

}  // namespace

bool is_assignment(std::string_view word) {
  const auto name =
      word.substr(0, word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"));
  const auto rest = word.substr(name.size());
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         (rest.starts_with('=') || rest.starts_with("+="));
}

/// A shell with -c counts wherever it stands; other names are programs only where a command begins.
second_reading::reader second_reading::reader_named(std::string_view name) const {
  if (std::ranges::find(shells, name) != shells.end()) return reader::shell;
  if (!is_first_ && !runs_another_) return reader::none;
  if (std::ranges::find(evaluators, name) != evaluators.end()) return reader::evaluator;
  if (name == "ssh") return reader::remote;
  if (program_letter(name) != '\0') return reader::interpreter;
  return std::ranges::find(logins, name) != logins.end() ? reader::login : reader::none;
}

void second_reading::begin_reader(std::string_view text) {
  if (is_first_ && (std::ranges::find(keywords, text) != keywords.end() || is_assignment(text))) return;
  const auto name = base_name(text);
  const auto found = reader_named(name);
  if (is_first_) runs_another_ = std::ranges::find(wrappers, name) != wrappers.end();
  is_first_ = false;
  if (found == reader::none || (reader_ != reader::none && reader_ != reader::login)) return;
  reader_ = found;
  name_ = name;
}

bool second_reading::takes_value(std::string_view option) const {
  return option.size() == 2 && std::string_view("BbcDEeFIiJLlmOopQRSWw").find(option[1]) != std::string_view::npos;
}

void second_reading::word(std::string_view text, input holds) {
  if (reader_ == reader::remote) {
    if (std::exchange(value_is_next_, false)) return;
    if (!host_is_known_) {
      value_is_next_ = text.starts_with('-') && takes_value(text);
      host_is_known_ = !text.starts_with('-');
      return;
    }
  }
  const bool runs_inputs = holds == input::all && reader_ != reader::evaluator && reader_ != reader::remote;
  const bool is_text = script_is_next_ || reader_ == reader::evaluator || reader_ == reader::remote;
  if (is_text && holds != input::none && !runs_inputs) warn();
  if (std::exchange(script_is_next_, false)) return;
  if (holds != input::none) {
    is_first_ = false;
  } else if (reader_ != reader::evaluator && reader_ != reader::remote) {
    begin_reader(text);
  }
  if (reader_ == reader::shell || reader_ == reader::login) script_is_next_ = is_letters_before(text, 'c');
  if (reader_ == reader::login) script_is_next_ = script_is_next_ || text == "--command";
  if (reader_ == reader::interpreter) script_is_next_ = is_letters_before(text, program_letter(name_));
}

void second_reading::end_command() {
  auto said = std::move(warning_);
  *this = {};
  warning_ = std::move(said);
}

void second_reading::warn() {
  if (!warning_.empty()) return;
  std::string safe;
  switch (reader_) {
    case reader::shell:
      safe = "give it as an argument: " + name_ + " -c '... \"$1\"' _ {}";
      break;
    case reader::interpreter:
      safe = "give it as an argument and read that in the program: " + name_ + " -" + program_letter(name_) +
             " PROGRAM {}";
      break;
    case reader::remote:
      safe =
          "give it to the command's stdin, or quote it for the shell there: bash -c 'ssh HOST COMMAND \"${1@Q}\"' _ {}";
      break;
    case reader::evaluator:
      safe = "leave " + name_ + " out, or let it see a name: v={}; " + name_ + " '... \"$v\"'";
      break;
    default:
      safe = "quote it for the shell there: bash -c '" + name_ + " -c \"COMMAND ${1@Q}\"' _ {}";
  }
  warning_ = name_ + " reads an input as part of a program here, and runs what it holds, such as $(...); " + safe;
}

}  // namespace braid::runner
