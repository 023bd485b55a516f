#include "cmd/braid/map_request.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "braid/runner/usage_error.hpp"
#include "cmd/braid/foreign_option.hpp"
#include "cmd/braid/option_values.hpp"

namespace braid::cmd {
namespace {

using runner::usage_error;

/// The state that the handlers of options may need.
struct reading {
  map_request request;
  std::size_t cpus;
};

using handler = void (*)(reading&, std::string_view name, std::string_view value);

enum class takes { nothing, value, maybe };  ///< maybe: only as NAME=VALUE

struct option {
  char letter;  ///< 0 if there is none
  std::string_view name;
  takes what;
  handler apply;
};

void name_inputs(reading& to, std::variant<inputs_from_words, inputs_from_file> inputs) {
  if (to.request.inputs_named) {
    throw usage_error(
        "several sources of inputs (their product, or :::+) are not in this version; give one of :::, ::::, -a");
  }
  to.request.inputs_named = true;
  to.request.inputs = std::move(inputs);
}

void choose_format(reading& to, map_request::format wanted) {
  auto& shown = to.request.shown;
  if (shown != map_request::format::plain && shown != wanted) {
    throw usage_error("-T and --json cannot be together: a record has its inputs as a field");
  }
  shown = wanted;
}

constexpr std::array options{
    option{'j', "slots", takes::value,
           [](reading& to, auto name, auto value) { to.request.run.slots = parse_slots(name, value, to.cpus); }},
    option{'P', "max-procs", takes::value,
           [](reading& to, auto name, auto value) { to.request.run.slots = parse_slots(name, value, to.cpus); }},
    option{'a', "arg-file", takes::value,
           [](reading& to, auto, auto value) { name_inputs(to, inputs_from_file{std::string(value)}); }},
    option{'0', "null", takes::nothing, [](reading& to, auto, auto) { to.request.list.delimiter = '\0'; }},
    option{0, "crlf", takes::nothing, [](reading& to, auto, auto) { to.request.list.crlf = true; }},
    option{'k', "keep-order", takes::nothing, [](reading& to, auto, auto) { to.request.input_order = true; }},
    option{'T', "tag", takes::maybe,
           [](reading& to, auto, auto value) {
             choose_format(to, map_request::format::tagged);
             if (!value.empty()) to.request.tag = value;
           }},
    option{'u', "raw", takes::nothing, [](reading& to, auto, auto) { to.request.run.capture = false; }},
    option{0, "json", takes::nothing, [](reading& to, auto, auto) { choose_format(to, map_request::format::json); }},
    option{'q', "quiet", takes::nothing, [](reading& to, auto, auto) { to.request.run.only_failures = true; }},
    option{'r', "retries", takes::value,
           [](reading& to, auto name, auto value) {
             if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos) {
               throw usage_error(std::string(name) + " takes how many more tries a job gets, not \"" +
                                 std::string(value) +
                                 "\"; that no job is run without an input (xargs -r) is always so, so leave it out");
             }
             to.request.run.retry.retries = static_cast<unsigned>(parse_number(name, value, 0, 1'000'000));
           }},
    option{0, "backoff", takes::value,
           [](reading& to, auto name, auto value) { parse_backoff(name, value, to.request.run.retry); }},
    option{0, "timeout", takes::value,
           [](reading& to, auto name, auto value) { to.request.run.timeout = parse_duration(name, value); }},
    option{'x', "fail-fast", takes::nothing,
           [](reading& to, auto, auto) { to.request.run.stop_at_first_failure = true; }},
    option{0, "max-fails", takes::value,
           [](reading& to, auto name, auto value) { to.request.run.max_fails = parse_fail_limit(name, value); }},
    option{0, "exec", takes::nothing, [](reading& to, auto, auto) { to.request.mode = runner::command_mode::exec; }},
    option{0, "sh", takes::nothing, [](reading& to, auto, auto) { to.request.mode = runner::command_mode::shell; }},
    option{0, "dry-run", takes::nothing, [](reading& to, auto, auto) { to.request.dry_run = true; }},
    option{'v', "verbose", takes::nothing, [](reading& to, auto, auto) { to.request.verbose = true; }},
    option{0, "progress", takes::value,
           [](reading& to, auto, auto value) {
             if (value != "auto" && value != "none") {
               throw usage_error("--progress takes auto or none in this version, not \"" + std::string(value) + "\"");
             }
             to.request.progress = value == "auto";
           }},
    option{'h', "help", takes::nothing, [](reading& to, auto, auto) { to.request.help = true; }},
    option{0, "version", takes::nothing, [](reading& to, auto, auto) { to.request.version = true; }},
};

std::string without_dashes(std::string_view name) {
  std::string letters(name);
  std::erase(letters, '-');
  return letters;
}

/// Returns the long name that equals `start` except for dashes, or the only one that begins with it.
std::string_view meant_by(std::string_view start) {
  const auto letters = without_dashes(start);
  std::string_view meant;
  for (const option& each : options) {
    const auto known = without_dashes(each.name);
    if (known == letters) return each.name;
    if (!known.starts_with(letters)) continue;
    if (!meant.empty()) return {};
    meant = each.name;
  }
  return meant;
}

/// `shown` is the option as the user wrote it, `name` the same without dashes.
[[noreturn]] void refuse_option(const std::string& shown, std::string_view name) {
  if (const auto way = way_without(name); !way.empty()) {
    throw usage_error("braid map has no " + shown + ": " + std::string(way));
  }
  if (const auto meant = name.size() > 1 ? meant_by(name) : ""; !meant.empty()) {
    throw usage_error("there is no option " + shown + "; did you mean --" + std::string(meant) + "?");
  }
  throw usage_error("there is no option " + shown +
                    "; braid map -h lists them, and -- ends the options before a command that starts with -");
}

const option& find_long(std::string_view name) {
  const auto found = std::ranges::find(options, name, &option::name);
  if (found != options.end()) return *found;
  refuse_option("--" + std::string(name), name);
}

const option& find_short(char letter) {
  const auto found = std::ranges::find(options, letter, &option::letter);
  if (letter != 0 && found != options.end()) return *found;
  refuse_option(std::string("-") + letter, {&letter, 1});
}

/// Returns the value of an option that is not attached to it: the next word.
std::string_view next_word(std::span<const std::string_view> words, std::size_t& at, std::string_view name) {
  if (++at >= words.size()) throw usage_error(std::string(name) + " needs a value; braid map -h shows which");
  return words[at];
}

void read_long(reading& to, std::span<const std::string_view> words, std::size_t& at) {
  const auto word = words[at].substr(2);
  const auto equals = word.find('=');
  const auto name = word.substr(0, equals);
  const auto& found = find_long(name);
  std::optional<std::string_view> value;
  if (equals != std::string_view::npos) value = word.substr(equals + 1);
  const auto shown = "--" + std::string(name);
  if (value && found.what == takes::nothing) throw usage_error(shown + " takes no value");
  if (!value && found.what == takes::value) value = next_word(words, at, shown);
  found.apply(to, shown, value.value_or(""));
}

/// Reads a word of letters: flags one after another; a value is the rest of the word or the next one.
void read_short(reading& to, std::span<const std::string_view> words, std::size_t& at) {
  auto rest = words[at].substr(1);
  while (!rest.empty()) {
    const auto& found = find_short(rest.front());
    const auto shown = std::string("-") + rest.front();
    rest.remove_prefix(1);
    if (found.what == takes::nothing) {
      found.apply(to, shown, "");
    } else if (found.what == takes::maybe) {
      const bool given = rest.starts_with('=');
      found.apply(to, shown, given ? rest.substr(1) : "");
      if (given) return;
    } else {
      found.apply(to, shown, rest.empty() ? next_word(words, at, shown) : rest);
      return;
    }
  }
}

std::size_t read_options(reading& to, std::span<const std::string_view> words) {
  std::size_t at = 0;
  for (; at < words.size(); ++at) {
    const auto word = words[at];
    if (word == "--") return at + 1;
    if (!word.starts_with('-') || word == "-") return at;
    word.starts_with("--") ? read_long(to, words, at) : read_short(to, words, at);
  }
  return at;
}

bool is_separator(std::string_view word) {
  return word == ":::" || word == "::::" || word == ":::+" || word == "::::+";
}

void read_sources(reading& to, std::span<const std::string_view> words) {
  if (words.empty()) return;
  const auto separator = words.front();
  const auto given = words.subspan(1);
  const bool more = std::ranges::any_of(given, is_separator);
  if (more || separator.ends_with('+') || (separator == "::::" && given.size() > 1)) {
    throw usage_error(
        "several sources of inputs (their product, or :::+) are not in this version; one ::: with words, or "
        "one :::: with a file; for files one after another: cat A B | braid map ...");
  }
  if (separator == ":::") {
    name_inputs(to, inputs_from_words{{given.begin(), given.end()}});
  } else if (given.empty()) {
    throw usage_error(":::: needs the name of a file of inputs");
  } else {
    name_inputs(to, inputs_from_file{std::string(given.front())});
  }
}

void check_together(const map_request& request) {
  if (request.list.crlf && request.list.delimiter == '\0') {
    throw usage_error("--crlf is about the ends of lines, and with -0 there are none; give one of them");
  }
  if (!request.run.capture &&
      (request.input_order || request.run.only_failures || request.shown != map_request::format::plain)) {
    throw usage_error("-u passes output through untouched, so it cannot be together with -k, -q, -T or --json");
  }
}

}  // namespace

std::string_view option_behind(const std::vector<std::string_view>& command) {
  constexpr std::array<std::string_view, 8> of_many{"null",  "tag",     "raw",  "json",
                                                    "quiet", "verbose", "help", "version"};
  const auto is_ours = [&](std::string_view word) {
    if (!word.starts_with("--")) return false;
    const auto name = word.substr(2, word.find('=') - 2);
    return std::ranges::find(options, name, &option::name) != options.end() &&
           std::ranges::find(of_many, name) == of_many.end();
  };
  const auto behind = std::span(command).subspan(command.empty() ? 0 : 1);
  const auto found = std::ranges::find_if(behind, is_ours);
  return found == behind.end() ? std::string_view{} : *found;
}

map_request parse_map(const std::vector<std::string_view>& words, std::size_t cpus) {
  reading to{{}, cpus};
  to.request.run.slots = cpus;
  const auto behind_options = std::span(words).subspan(read_options(to, words));
  const auto command_end = std::ranges::find_if(behind_options, is_separator);
  to.request.command.assign(behind_options.begin(), command_end);
  read_sources(to, {command_end, behind_options.end()});
  check_together(to.request);
  return std::move(to.request);
}

}  // namespace braid::cmd
