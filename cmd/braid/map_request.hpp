// What one `braid map` was asked to do, read from its words.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "braid/runner/command_template.hpp"
#include "braid/runner/line_splitter.hpp"
#include "braid/runner/run_options.hpp"
#include "braid/runner/text_template.hpp"

namespace braid::cmd {

/// Words after `:::`.
struct inputs_from_words {
  std::vector<std::string_view> words;
};

/// A file, "-" for stdin.
struct inputs_from_file {
  std::string path;
};

struct map_request {
  enum class format { plain, tagged, json };

  std::vector<std::string_view> command;
  runner::command_mode mode = runner::command_mode::automatic;
  std::variant<inputs_from_words, inputs_from_file> inputs = inputs_from_file{"-"};
  bool inputs_named = false;  ///< false: stdin because nothing else was said
  runner::list_form list;

  runner::run_options run;
  format shown = format::plain;
  std::string tag = "{}";
  bool input_order = false;
  bool dry_run = false;
  bool verbose = false;
  bool progress = true;
  bool help = false;
  bool version = false;
};

/// Returns the first word behind the command's own that is a long option of braid and hardly one of the command's;
/// empty if there is none.
[[nodiscard]] std::string_view option_behind(const std::vector<std::string_view>& command);

/// Reads the words behind `braid map`. Options end at the first word of the command; the command ends at `:::`,
/// `::::` or the end. Words are borrowed. Throws runner::refusal.
[[nodiscard]] map_request parse_map(const std::vector<std::string_view>& words, std::size_t cpus);

}  // namespace braid::cmd
