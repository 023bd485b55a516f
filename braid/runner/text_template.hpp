// One word of a command, with placeholders: literal pieces and names, filled by plain substitution. No shell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "braid/runner/placeholder.hpp"

namespace braid::runner {

/// Immutable once made; any thread may render.
class text_template {
 public:
  /// `{{` stands for one `{`; only known names are replaced. Throws usage_error on a reserved name.
  explicit text_template(std::string_view text);

  [[nodiscard]] bool has_placeholder() const;
  [[nodiscard]] std::string render(const binding& values) const;

 private:
  struct piece {
    std::string literal;
    std::optional<placeholder> then;
  };
  std::vector<piece> pieces_;
};

}  // namespace braid::runner
