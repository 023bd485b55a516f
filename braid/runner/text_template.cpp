#include "braid/runner/text_template.hpp"

#include <algorithm>

#include "braid/runner/reserved_name.hpp"
#include "braid/runner/usage_error.hpp"

namespace braid::runner {

text_template::text_template(std::string_view text) : pieces_(1) {
  while (!text.empty()) {
    auto& current = pieces_.back();
    if (const auto name = match_reserved(text)) throw usage_error(refuse_reserved(*name));
    if (text.starts_with("{{")) {
      for (; text.starts_with("{{"); text.remove_prefix(2)) current.literal += '{';
    } else if (const auto match = match_placeholder(text)) {
      current.then = match->what;
      pieces_.emplace_back();
      text.remove_prefix(match->length);
    } else {
      current.literal += text.front();
      text.remove_prefix(1);
    }
  }
}

bool text_template::has_placeholder() const {
  return std::ranges::any_of(pieces_, [](const piece& p) { return p.then.has_value(); });
}

std::string text_template::render(const binding& values) const {
  std::string out;
  for (const auto& p : pieces_) {
    out += p.literal;
    if (p.then) expand(*p.then, values, out);
  }
  return out;
}

}  // namespace braid::runner
