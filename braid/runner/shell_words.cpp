#include "braid/runner/shell_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "braid/runner/usage_error.hpp"

namespace braid::runner {
namespace {

constexpr std::array<std::string_view, 11> openers{"{",     "!",     "if", "then", "else",  "elif",
                                                   "while", "until", "do", "time", "coproc"};
constexpr std::array<std::string_view, 8> builtins_that_evaluate{"let",     "unset",     "declare", "typeset",
                                                                 "mapfile", "readarray", "read",    "getopts"};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

[[noreturn]] void refuse_moved_parameters(std::string_view what) {
  throw usage_error(
      "the script uses `" + std::string(what) +
      "`, which changes the positional parameters that carry the values; put the script into a file and run "
      "it as words: braid map sh ./script {}");
}

}  // namespace

void shell_words::add(char c, bool quoted) {
  if (quoted) {
    quoted_ = true;
  } else {
    word_ += c;
  }
}

void shell_words::add_input() {
  quoted_ = holds_input_ = true;
}

void shell_words::end_word() {
  saw_case_ = false;
  if (at_word_start()) return;
  if (!quoted_ && word_ == "]]") in_brackets_ = false;
  if (command_position_) {
    read_command_word();
  } else if (command_ == "set") {
    read_set_operand();
  }
  if (!std::exchange(is_file_, false) && !command_position_) {
    reading_.word(word_, holds_input_ ? second_reading::input::part : second_reading::input::none);
  }
  word_.clear();
  quoted_ = holds_input_ = false;
}

void shell_words::read_command_word() {
  if (is_assignment(word_) || (!quoted_ && std::ranges::find(openers, word_) != openers.end())) return;
  command_position_ = false;
  if (quoted_) return;
  command_ = word_;
  saw_case_ = word_ == "case";
  if (word_ == "[[") in_brackets_ = true;
  if (word_ == "shift" || word_ == "function") refuse_moved_parameters(word_);
}

void shell_words::read_set_operand() {
  const bool option = !quoted_ && word_.size() > 1 && (word_[0] == '-' || word_[0] == '+') && word_ != "--";
  if (!option && !set_takes_name_) refuse_moved_parameters("set");
  set_takes_name_ = option && word_.ends_with('o');
}

void shell_words::end_command() {
  end_word();
  if (in_brackets_) return;  // && || ( ) inside [[ ]]
  reading_.end_command();
  command_position_ = true;
  command_.clear();
  set_takes_name_ = false;
}

bool shell_words::in_subscript() const {
  if (!command_position_) return false;
  const auto name = std::ranges::find_if_not(word_, is_name_character) - word_.begin();
  return name > 0 && static_cast<std::size_t>(name) < word_.size() && word_[static_cast<std::size_t>(name)] == '[';
}

void shell_words::check_value_allowed() const {
  if (in_brackets_) {
    throw usage_error("a placeholder inside [[ ]] can be evaluated as arithmetic; use [ ] with quotes: [ \"{}\" = x ]");
  }
  if (in_subscript()) {
    throw usage_error("a placeholder inside an array subscript is evaluated as arithmetic; use a variable: v={}; ...");
  }
  if (std::ranges::find(builtins_that_evaluate, command_) != builtins_that_evaluate.end()) {
    throw usage_error("`" + command_ + "` may evaluate its operands as code; assign the value instead: v={}; ...");
  }
}

}  // namespace braid::runner
