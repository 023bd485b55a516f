#include "braid/runner/command_template.hpp"

#include <algorithm>

#include "braid/runner/second_reading.hpp"
#include "braid/runner/shell_line.hpp"
#include "braid/runner/usage_error.hpp"

namespace braid::runner {
namespace {

std::vector<text_template> parse_words(const std::vector<std::string_view>& words) {
  std::vector<text_template> parsed;
  parsed.reserve(words.size() + 1);
  for (const auto word : words) parsed.emplace_back(word);
  if (std::ranges::none_of(parsed, &text_template::has_placeholder)) parsed.emplace_back("{}");
  return parsed;
}

/// Returns the warning about the words of a command that is exec'ed as it stands.
std::string read_again(const std::vector<std::string_view>& words, const std::vector<text_template>& parsed) {
  using input = second_reading::input;
  second_reading reading;
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    const auto word = i < words.size() ? words[i] : "{}";
    reading.word(word, !parsed[i].has_placeholder() ? input::none : word == "{}" ? input::all : input::part);
  }
  return reading.warning();
}

}  // namespace

command_template::command_template(const std::vector<std::string_view>& words, command_mode mode) {
  if (words.empty()) throw usage_error("there is no command; write: braid map COMMAND {} ::: INPUT...");
  if (mode == command_mode::shell && words.size() > 1) {
    throw usage_error("a script is one word; put the whole of it in quotes");
  }
  const bool shell = mode == command_mode::shell ||
                     (mode == command_mode::automatic && words.size() == 1 && looks_like_shell(words.front()));
  if (shell) {
    auto script = parse_shell_template(words.front());
    warning_ = script.warning;
    command_ = std::move(script);
    written_ = words.front();
  } else {
    auto parsed = parse_words(words);
    warning_ = read_again(words, parsed);
    command_ = std::move(parsed);
  }
}

std::vector<std::string> command_template::argv(const binding& values) const {
  std::vector<std::string> made;
  if (const auto* shell = std::get_if<shell_template>(&command_)) {
    made = {"/bin/sh", "-c", shell->script, "sh"};
    for (const auto what : shell->parameters) expand(what, values, made.emplace_back());
    return made;
  }
  for (const auto& word : std::get<0>(command_)) made.push_back(word.render(values));
  return made;
}

std::string command_template::show(const binding& values) const {
  return shell_line(argv(values));
}

bool command_template::program_is_fixed() const {
  const auto* words = std::get_if<std::vector<text_template>>(&command_);
  return words == nullptr || !words->front().has_placeholder();
}

}  // namespace braid::runner
