// Detects commands that read an input as program text once more: sh -c "... {}", eval, ssh, python -c.
//
// An input is never script text for the shell that braid starts. A further shell, which the user's own command starts,
// reads its words again, and runs `$(id)` if an input holds it. This is a heuristic on the words of a command: it
// warns, and refuses nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace braid::runner {

/// Returns true for name=value and name+=value, which may stand before a command.
[[nodiscard]] bool is_assignment(std::string_view word);

/// Takes the words of one command, left to right.
class second_reading {
 public:
  /// How much of a word is a placeholder.
  enum class input : std::uint8_t { none, part, all };

  /// Takes the next word; `text` is the word without its placeholders and quotes.
  void word(std::string_view text, input holds);
  /// Ends the command; the next word begins another.
  void end_command();

  /// Returns one sentence about the first placeholder that is read again, with the safe form; empty if none is.
  [[nodiscard]] const std::string& warning() const { return warning_; }

 private:
  enum class reader : std::uint8_t { none, shell, interpreter, login, remote, evaluator };

  [[nodiscard]] bool takes_value(std::string_view option) const;
  [[nodiscard]] reader reader_named(std::string_view name) const;
  void begin_reader(std::string_view text);
  void warn();

  reader reader_ = reader::none;
  std::string name_;  ///< of the program that reads
  bool is_first_ = true;
  bool runs_another_ = false;  ///< the first word runs another command, as sudo does
  bool script_is_next_ = false;
  bool value_is_next_ = false;  ///< of an option of ssh
  bool host_is_known_ = false;
  std::string warning_;
};

}  // namespace braid::runner
