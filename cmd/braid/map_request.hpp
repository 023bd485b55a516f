// The request of one `braid map`, read from its words.
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

/// The path of a file; "-" is stdin.
struct inputs_from_file {
  std::string path;
};

struct map_request {
  enum class format { plain, tagged, json };

  std::vector<std::string_view> command;
  runner::command_mode mode = runner::command_mode::automatic;
  std::variant<inputs_from_words, inputs_from_file> inputs = inputs_from_file{"-"};
  bool inputs_named = false;  ///< false if stdin is only the default
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

/// Returns the first word behind the command's own that is a long option of braid and hardly an option of the command;
/// empty if there is none.
[[nodiscard]] std::string_view option_behind(const std::vector<std::string_view>& command);

/// Reads the words behind `braid map`. Options end at the first word of the command; the command ends at `:::`, `::::`
/// or the last word. Borrows the words. Throws runner::usage_error.
[[nodiscard]] map_request parse_map(const std::vector<std::string_view>& words, std::size_t cpus);

}  // namespace braid::cmd
