// Tracks which word of which simple command the lexer is in: just enough grammar to refuse text that cannot be judged.
#pragma once

#include <string>
#include <string_view>

#include "braid/runner/second_reading.hpp"

namespace braid::runner {

class shell_words {
 public:
  /// Adds an unquoted character, or (quoted = true) any part of a word that is quoted or comes from an expansion.
  void add(char c, bool quoted = false);
  /// Adds a placeholder to the word.
  void add_input();
  /// After < or >: the next word is a file, not an operand.
  void begin_file() { is_file_ = true; }
  /// At a blank: ends the word. Throws usage_error on words that change the meaning of positional parameters.
  void end_word();
  /// At ; | & newline ( ): ends the command.
  void end_command();

  [[nodiscard]] bool at_word_start() const { return word_.empty() && !quoted_; }
  [[nodiscard]] std::string_view word() const { return word_; }
  /// Returns true if the word so far is the name of an array element that is being assigned: name[...
  [[nodiscard]] bool in_subscript() const;
  /// Throws usage_error if a value may not stand here: inside [[ ]], or as an operand of a builtin that evaluates it.
  void check_value_allowed() const;
  /// Returns the warning of second_reading about the commands so far; empty if there is none.
  [[nodiscard]] const std::string& warning() const { return reading_.warning(); }
  /// Returns true if the word that just ended began a case command.
  [[nodiscard]] bool saw_case() const { return saw_case_; }

 private:
  void read_command_word();
  void read_set_operand();

  second_reading reading_;
  std::string word_;
  bool holds_input_ = false;
  bool is_file_ = false;
  bool quoted_ = false;
  bool command_position_ = true;
  bool in_brackets_ = false;
  bool saw_case_ = false;
  std::string command_;
  bool set_takes_name_ = false;
};

}  // namespace braid::runner
