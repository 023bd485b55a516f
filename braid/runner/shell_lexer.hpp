// Walks a shell script once, follows its quotes, and rewrites placeholders into positional parameters.
// Private to shell_template; one object reads one script.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "braid/runner/shell_template.hpp"
#include "braid/runner/shell_words.hpp"

namespace braid::runner {

class shell_lexer {
 public:
  explicit shell_lexer(std::string_view script) : rest_(script) {}

  /// Throws usage_error if it cannot judge the script.
  shell_template read();

 private:
  enum class context { unquoted, double_quoted, single_quoted };

  void read_commands(bool inside_substitution);
  void read_operator();
  void read_single_quoted();
  void read_ansi_quoted();
  void read_double_quoted();
  void read_dollar(context where);
  void read_expansion();
  void read_arithmetic();
  void read_backquoted();
  void read_comment();
  void read_escaped();
  /// Replaces a placeholder at the front of the rest. Returns true if there was one (or a doubled brace).
  bool read_placeholder(context where);
  void refer_to(placeholder what, context where);

  void take(std::size_t count);
  [[nodiscard]] char peek(std::size_t at = 0) const { return at < rest_.size() ? rest_[at] : '\0'; }
  /// Copies up to and including `end`; refuses placeholders on the way.
  void skip_past(char end, std::string_view construct, std::string_view mend);
  void refuse_placeholder_here(std::string_view construct, std::string_view mend) const;

  std::string_view rest_;
  shell_template made_;
  shell_words words_;
  bool ended_in_comment_ = false;
};

}  // namespace braid::runner
