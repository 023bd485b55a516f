#include "braid/runner/reserved_name.hpp"

#include <algorithm>
#include <array>

#include "braid/runner/placeholder.hpp"

namespace braid::runner {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::size_t longest_name = 64;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// {..}, {./}: only dots and slashes, except for the placeholders of this version.
bool is_path_slip(std::string_view name) {
  return !name.empty() && name.find_first_not_of("./") == std::string_view::npos && name != "." && name != "/" &&
         name != "//" && name != "/.";
}

/// {1}, {-1}, {2/.}, {3^suffix}, {1:2}; not {2,3}, which is a repetition in a pattern.
bool is_column(std::string_view name) {
  if (name.starts_with('-')) name.remove_prefix(1);
  const auto end = name.find_first_not_of(digits);
  if (end == 0 || name.empty()) return false;
  return end == std::string_view::npos || std::string_view("./:%^@+").find(name[end]) != std::string_view::npos;
}

bool is_number_form(std::string_view name) {
  if (name == "##") return true;
  const auto zeros = name.find_first_not_of('0');
  return zeros != 0 &&
         (name.substr(std::min(zeros, name.size())) == "#" || name.substr(std::min(zeros, name.size())) == "%");
}

bool is_extension_of_parallel(std::string_view name) {
  constexpr std::array<std::string_view, 9> names{"+/",   "+.",   "+..",      "+...",    "hgrp",
                                                  "agrp", "uniq", "sshlogin", "choose_k"};
  return std::ranges::find(names, name) != names.end();
}

/// {^suffix}, {:}, {:ext}, {%.}, {@regexp}: names that begin with an operator.
bool is_operation(std::string_view name) {
  return std::string_view("^:@").find(name.front()) != std::string_view::npos ||
         (name.front() == '%' && name.size() > 1);
}

bool is_later(std::string_view name) {
  return name == "try" || name == "run" || name == "tmp";
}

bool is_reserved(std::string_view name) {
  if (name.empty() || name.size() > longest_name || name.find_first_of(" \t\n\"'`{,;$\\") != std::string_view::npos)
    return false;
  return is_later(name) || is_path_slip(name) || is_column(name) || is_number_form(name) ||
         is_extension_of_parallel(name) || is_operation(name);
}

/// {{.Id}}, {{ name }}: names that Go and Jinja replace, and a block inside a block.
std::optional<std::string_view> match_doubled(std::string_view text) {
  const auto end = text.find("}}");
  if (end == std::string_view::npos || text.substr(2, end - 2).find('{') != std::string_view::npos) return std::nullopt;
  const char first = text[2];
  if (!is_letter(first) && std::string_view(".$-% ").find(first) == std::string_view::npos) return std::nullopt;
  return text.substr(0, end + 2);
}

std::string_view way_to_write(std::string_view name) {
  if (name.front() == '=') return "a script can compute with the input: 'v={}; echo \"${v%.*}\"'";
  if (is_number_form(name))
    return name == "##" ? "the number of all jobs is not known while they start"
                        : "a script can fill up a number: \"$(printf %03d {#})\"";
  if (is_column(name))
    return "each job has one input, {}; a script can take a column of it: \"$(printf %s {} | cut -d, -f2)\"";
  if (is_path_slip(name) || name == ":") return "a script can cut all extensions: 'v={/}; echo \"${v%%.*}\"'";
  if (name.front() == '^') return "a script can cut a suffix: 'v={}; echo \"${v%.fq.gz}\"'";
  if (name.front() == '%') return "the file name is {/}, without its extension {/.}, and {%} is the number of the slot";
  if (name.front() == '@') return "a script can take a part: \"$(printf %s {} | sed -n 's/.*_\\([0-9]*\\).*/\\1/p')\"";
  if (name == "tmp") return "a script can make one: d=$(mktemp -d)";
  if (name.front() == ':' || name.front() == '+') return "a script can cut the input: 'v={}; echo \"${v##*.}\"'";
  return "leave it out";
}

}  // namespace

std::optional<std::string_view> match_reserved(std::string_view text) {
  if (text.starts_with("{{")) return match_doubled(text);
  if (!text.starts_with('{')) return std::nullopt;
  if (text.starts_with("{=")) {
    const auto end = text.find("=}", 2);
    if (end != std::string_view::npos) return text.substr(0, end + 2);
  }
  const auto close = text.find('}');
  if (close == std::string_view::npos || !is_reserved(text.substr(1, close - 1))) return std::nullopt;
  return text.substr(0, close + 1);
}

std::string refuse_reserved(std::string_view name) {
  std::string text = "the template holds ";
  if (name.starts_with("{{")) {
    return text.append(name).append(", and {{ stands for one {; for two braces write {{{{").append(name.substr(2));
  }
  text.append(name).append(", which is not a placeholder of this version ({} {.} {/} {//} {/.} {#} {%} are): ");
  text.append(way_to_write(name.substr(1, name.size() - 2)));
  return text.append("; for these characters themselves write {").append(name);
}

}  // namespace braid::runner
