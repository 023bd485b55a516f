// The command of a run: words for exec, or one script for a shell.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "braid/runner/placeholder.hpp"
#include "braid/runner/shell_template.hpp"
#include "braid/runner/text_template.hpp"

namespace braid::runner {

enum class command_mode { automatic, exec, shell };

/// Immutable once made; any thread may use it.
class command_template {
 public:
  /// With automatic, one lone word with blanks or shell characters is a script; anything else is exec'ed as it stands.
  /// If no word holds a placeholder, the input is appended. Throws usage_error.
  explicit command_template(const std::vector<std::string_view>& words, command_mode mode = command_mode::automatic);

  [[nodiscard]] std::vector<std::string> argv(const binding& values) const;

  /// Returns the command as one line that a shell runs (shell_line.hpp).
  [[nodiscard]] std::string show(const binding& values) const;

  /// Returns the warning about an input that a further program reads as text (second_reading.hpp); empty if none does.
  [[nodiscard]] const std::string& warning() const { return warning_; }

  /// Returns the script as the user wrote it; empty for exec.
  [[nodiscard]] std::string_view script() const { return written_; }

  /// Returns true if no input chooses the program: if it cannot be started for one input, it cannot for any.
  [[nodiscard]] bool program_is_fixed() const;

 private:
  std::variant<std::vector<text_template>, shell_template> command_;
  std::string written_;
  std::string warning_;
};

}  // namespace braid::runner
