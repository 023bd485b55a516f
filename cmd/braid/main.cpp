// The `braid` command: chooses the verb, and turns usage errors into exit codes.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "braid/runner/usage_error.hpp"
#include "cmd/braid/exit_code.hpp"
#include "cmd/braid/help.hpp"
#include "cmd/braid/map_command.hpp"
#include "cmd/braid/memory_limit.hpp"
#include "cmd/braid/standard_descriptors.hpp"

namespace {

using braid::cmd::exit_code;
using words = std::vector<std::string_view>;

constexpr std::array<std::string_view, 27> later_verbs{
    "run",   "pipe", "submit", "serve",  "status", "ls",    "results", "log",        "resume",
    "retry", "wait", "attach", "cancel", "pause",  "edit",  "unpause", "set",        "move",
    "group", "why",  "lock",   "worker", "gc",     "adopt", "doctor",  "completion", "xargs"};

void say(const std::string& sentence) {
  const auto line = "braid: " + sentence + "\n";
  [[maybe_unused]] const auto written = ::write(2, line.data(), line.size());  // a failure here cannot be reported
}

exit_code dispatch(const words& given) {
  if (given.empty())
    throw braid::runner::usage_error("no command given: braid map COMMAND ::: INPUT... ; braid -h has more");
  const auto verb = given.front();
  if (verb == "map") return braid::cmd::map({given.begin() + 1, given.end()});
  if (verb == "-h" || verb == "--help" || verb == "help") return braid::cmd::print(braid::cmd::map_help());
  if (verb == "--version") return braid::cmd::print("braid " BRAID_VERSION "\n");
  if (std::ranges::find(later_verbs, verb) != later_verbs.end()) {
    throw braid::runner::usage_error("`braid " + std::string(verb) + "` is not in this version; `braid map` is");
  }
  std::string meant = "braid map";
  for (const auto word : given) meant.append(" ").append(word);
  throw braid::runner::usage_error("there is no verb \"" + std::string(verb) + "\"; did you mean: " + meant);
}

}  // namespace

int main(int count, char** texts) {
  try {
    braid::cmd::keep_to_memory_limit();
    braid::cmd::hold_standard_descriptors();
    return static_cast<int>(dispatch(words(texts + 1, texts + count)));
  } catch (const braid::runner::usage_error& error) {
    say(error.what());
    return static_cast<int>(exit_code::usage);
  } catch (const std::bad_alloc&) {
    say("no memory is left");
    return static_cast<int>(exit_code::incomplete);
  } catch (const std::exception& error) {
    say(error.what());
    return static_cast<int>(exit_code::incomplete);
  }
}
