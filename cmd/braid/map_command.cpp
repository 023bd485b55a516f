#include "cmd/braid/map_command.hpp"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>

#include "braid/process/launcher.hpp"
#include "braid/runner/engine.hpp"
#include "braid/runner/json_format.hpp"
#include "braid/runner/refusal.hpp"
#include "braid/runner/tag_format.hpp"
#include "braid/runtime/usable_cpus.hpp"
#include "cmd/braid/help.hpp"
#include "cmd/braid/map_request.hpp"
#include "cmd/braid/map_view.hpp"
#include "cmd/braid/signal_desk.hpp"

namespace braid::cmd {
namespace {

runner::input_list open(const map_request& request) {
  if (const auto* words = std::get_if<inputs_from_words>(&request.inputs))
    return runner::word_inputs{words->words, request.list.crlf};
  if (!request.inputs_named && ::isatty(0) == 1) {
    throw runner::refusal(
        "there are no inputs: write ::: INPUT... behind the command, :::: FILE, or pipe lines into braid");
  }
  return runner::open_inputs(std::get<inputs_from_file>(request.inputs).path, request.list);
}

std::unique_ptr<runner::result_format> make_format(const map_request& request,
                                                   const runner::command_template& command) {
  switch (request.shown) {
    case map_request::format::tagged:
      return std::make_unique<runner::tag_format>(runner::text_template(request.tag));
    case map_request::format::json:
      return std::make_unique<runner::json_format>(command);
    case map_request::format::plain:
      break;
  }
  return std::make_unique<runner::plain_format>();
}

/// Prints what would be run, in input order, and starts nothing.
exit_code show_commands(const runner::command_template& command, runner::input_reader& reader, map_view& view) {
  runner::byte_sink out(1, "stdout");
  bool all_usable = true;
  reader.read([&](runner::input in) {
    reader.taken(in);
    if (in.unusable.empty()) {
      out.write(command.show({.input = in.text, .number = in.number, .slot = 1}) + "\n");
    } else {
      view.say("braid: " + in.unusable);
      all_usable = false;
    }
    return true;
  });
  out.flush();
  return all_usable ? exit_code::ok : exit_code::jobs_failed;
}

exit_code judge(const runner::run_report& report, int stopped_by) {
  using runner::run_failure;
  switch (report.failure) {
    case run_failure::output:
    case run_failure::input:
      return exit_code::incomplete;
    case run_failure::not_found:
      return exit_code::not_found;
    case run_failure::not_executable:
      return exit_code::not_executable;
    case run_failure::none:
      break;
  }
  if (!report.all_started) {
    return stopped_by != 0 ? stopped_by_signal(stopped_by) : exit_code::stopped_early;
  }
  return report.failed > 0 ? exit_code::jobs_failed : exit_code::ok;
}

/// Each running job holds two pipes and its pidfd while it is started.
void reserve_descriptors(process::launcher& launcher, std::size_t slots) {
  if (launcher.reserve_descriptors(static_cast<unsigned>(slots * 5 + 32))) return;
  throw runner::refusal("-j " + std::to_string(slots) +
                        " needs more open files than the limit here allows; use fewer "
                        "slots, or raise it: ulimit -n " +
                        std::to_string(slots * 5 + 96));
}

exit_code run(const map_request& request, const runner::command_template& command, runner::input_reader& reader,
              map_view& view, const sigset_t& held) {
  const auto format = make_format(request, command);
  const auto order = request.input_order ? runner::result_order::input : runner::result_order::as_ready;
  runner::result_output output(order, *format, view, {.out = 1, .err = 2});
  auto options = request.run;
  options.seed = std::random_device{}();
  process::launcher launcher;
  reserve_descriptors(launcher, std::min<std::uint64_t>(options.slots, reader.known_total().value_or(options.slots)));
  if (!launcher.sees_processes()) {
    view.say(
        "braid: there is no /proc here: a process that leaves its job's process group cannot be found, named or "
        "killed");
  }
  runner::engine engine(command, options, launcher, output, view);
  runner::run_report report;
  int stopped_by = 0;
  {
    const signal_desk desk(held, engine, view);
    report = engine.run(reader);
    stopped_by = desk.stopped_by();
    if (desk.jobs_were_ended() || report.jobs_were_ended) {
      for (const auto& each : launcher.kill_everything().survivors) view.say_survivor("the run", each);
    }
  }
  const bool never_ran = report.failure != runner::run_failure::none && report.ok + report.failed == 0;
  never_ran ? view.before_output() : view.summarize(options.slots, !report.all_started);
  if (report.failure != runner::run_failure::none) view.say("braid: " + report.sentence);
  const exit_code code = judge(report, stopped_by);
  const bool mild = code == exit_code::ok || code == exit_code::jobs_failed;
  return mild && view.lost_lines() ? exit_code::incomplete : code;
}

}  // namespace

exit_code print(std::string_view text) {
  runner::byte_sink out(1, "stdout");
  out.write(text);
  out.flush();
  return exit_code::ok;
}

exit_code map(const std::vector<std::string_view>& words) {
  const auto request = parse_map(words, usable_cpus());
  if (request.help) return print(map_help());
  if (request.version) return print("braid " BRAID_VERSION "\n");
  const runner::command_template command(request.command, request.mode);
  if (request.shown == map_request::format::tagged) static_cast<void>(runner::text_template(request.tag));
  const bool redraws = terminal_can_redraw(), captured = request.run.capture;
  map_view view(command, {.progress = request.progress && redraws && captured,
                          .verbose = request.verbose,
                          .raw_terminal = redraws && !captured});
  runner::input_reader reader(open(request), [&view](const std::string& hint) { view.say("braid: " + hint); });
  if (request.dry_run) return show_commands(command, reader, view);
  return run(request, command, reader, view, hold_signals());
}

}  // namespace braid::cmd
