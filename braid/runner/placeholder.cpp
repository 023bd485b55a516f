#include "braid/runner/placeholder.hpp"

#include <array>
#include <charconv>

namespace braid::runner {
namespace {

struct spelling {
  std::string_view text;
  placeholder what;
};

constexpr std::array<spelling, 7> spellings{{{"{}", placeholder::whole},
                                             {"{.}", placeholder::stem},
                                             {"{/}", placeholder::name},
                                             {"{//}", placeholder::directory},
                                             {"{/.}", placeholder::name_stem},
                                             {"{#}", placeholder::number},
                                             {"{%}", placeholder::slot}}};

std::string_view last_part(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view without_extension(std::string_view path) {
  const auto dot = last_part(path).rfind('.');
  if (dot == std::string_view::npos) return path;
  return path.substr(0, path.size() - last_part(path).size() + dot);
}

std::string_view directory_of(std::string_view path) {
  if (path.empty()) return path;
  auto end = path.find_last_not_of('/');
  if (end == std::string_view::npos) return path.substr(0, 1);
  const auto slash = path.rfind('/', end);
  if (slash == std::string_view::npos) return ".";
  end = path.find_last_not_of('/', slash);
  return end == std::string_view::npos ? path.substr(0, 1) : path.substr(0, end + 1);
}

void append_number(std::uint64_t value, std::string& to) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  to.append(digits.data(), end);
}

}  // namespace

std::optional<placeholder_match> match_placeholder(std::string_view text) {
  for (const auto& known : spellings) {
    if (text.starts_with(known.text)) return placeholder_match{known.what, known.text.size()};
  }
  return std::nullopt;
}

void expand(placeholder what, const binding& values, std::string& to) {
  switch (what) {
    case placeholder::whole:
      to.append(values.input);
      break;
    case placeholder::stem:
      to.append(without_extension(values.input));
      break;
    case placeholder::name:
      to.append(last_part(values.input));
      break;
    case placeholder::directory:
      to.append(directory_of(values.input));
      break;
    case placeholder::name_stem:
      to.append(without_extension(last_part(values.input)));
      break;
    case placeholder::number:
      append_number(values.number, to);
      break;
    case placeholder::slot:
      append_number(values.slot, to);
      break;
  }
}

}  // namespace braid::runner
