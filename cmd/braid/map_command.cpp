#include "cmd/braid/map_command.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <system_error>

#include "braid/process/launcher.hpp"
#include "braid/process/process_limit.hpp"
#include "braid/process/spool.hpp"
#include "braid/runner/engine.hpp"
#include "braid/runner/json_format.hpp"
#include "braid/runner/shell_template.hpp"
#include "braid/runner/tag_format.hpp"
#include "braid/runner/usage_error.hpp"
#include "braid/runtime/errors.hpp"
#include "braid/runtime/usable_cpus.hpp"
#include "cmd/braid/help.hpp"
#include "cmd/braid/map_request.hpp"
#include "cmd/braid/memory_limit.hpp"
#include "cmd/braid/progress_text.hpp"
#include "cmd/braid/progress_view.hpp"
#include "cmd/braid/signal_handler.hpp"

namespace braid::cmd {
namespace {

runner::input_list open(const map_request& request) {
  if (const auto* words = std::get_if<inputs_from_words>(&request.inputs))
    return runner::word_inputs{words->words, request.list.crlf};
  if (!request.inputs_named && ::isatty(0) == 1) {
    throw runner::usage_error(
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

/// Prints the commands that would be run, in input order, and starts nothing.
exit_code show_commands(const runner::command_template& command, runner::input_reader& reader, progress_view& view) {
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

/// Returns the hint that a run which failed altogether may have its words in the wrong order; empty if there is none.
std::string order_of_words(const map_request& request, const runner::run_report& report) {
  const auto& command = request.command;
  const bool nothing_worked = report.failure == runner::run_failure::not_found || (report.ok == 0 && report.failed > 0);
  const bool may_be_a_script = command.size() > 1 && runner::looks_like_shell(command.front());
  if (nothing_worked && may_be_a_script && ::access(std::string(command.front()).c_str(), F_OK) != 0) {
    return joined({"a script is one word, and options stand before the command: braid map OPTIONS ",
                   runner::shell_quote(command.front()), " ::: INPUT..."});
  }
  const auto behind = option_behind(command);
  if (behind.empty() || report.ok > 0 || report.failed == 0) return {};
  return joined({behind, " stands behind the command, so ", command.front(),
                 " was given it; options of braid stand before the command"});
}

/// Returns true if no job has run. A job that waits for a further try has run; so has a job that was cancelled, where
/// resources were missing, since then only jobs that run are cancelled.
bool nothing_ran(const runner::run_report& report) {
  const bool ended_some = report.failure == runner::run_failure::no_resources && report.cancelled > 0;
  return report.ok + report.failed + report.retries == 0 && !ended_some;
}

exit_code judge(const runner::run_report& report, int stopped_by) {
  using runner::run_failure;
  switch (report.failure) {
    case run_failure::output:
      return exit_code::incomplete;
    case run_failure::input:
      return report.ended() == 0 ? exit_code::usage : exit_code::incomplete;
    case run_failure::no_resources:
      return nothing_ran(report) ? exit_code::usage : exit_code::incomplete;
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

/// Descriptors of a slot: the read ends of its job's pipes, its pidfd and two files for output that is too large for
/// memory; two more while the job is started.
constexpr std::size_t files_of_a_slot = 7;
constexpr std::size_t files_of_the_run = 32;
/// Tasks of a slot: a worker thread, the job's first process, and one that this starts; one more if it is a shell.
constexpr std::size_t tasks_of_a_slot = 3;
constexpr std::size_t further_tasks_of_a_script = 1;
constexpr std::size_t tasks_of_the_run = 6;
/// Address space, if it is limited: a slot needs a stack, and room for the part of a job's output kept in memory.
constexpr std::size_t memory_of_a_slot = std::size_t{1} << 20;
constexpr std::size_t memory_of_the_run = std::size_t{12} << 20;

std::size_t that_fit(std::size_t there_are, std::size_t for_the_run, std::size_t for_a_slot) {
  return there_are > for_the_run + for_a_slot ? (there_are - for_the_run) / for_a_slot : 1;
}

/// Returns how many of `wanted` slots, at least 1, fit the limits of open files, processes and address space here.
/// Reports the limit once if that is fewer.
std::size_t slots_with_room(std::size_t wanted, const runner::command_template& command, process::launcher& launcher,
                            progress_view& view) {
  auto slots = wanted;
  std::string limit;
  if (!launcher.reserve_descriptors(static_cast<unsigned>(wanted * files_of_a_slot + files_of_the_run))) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    constexpr auto for_the_run = files_of_the_run + process::launcher::own_descriptors;
    slots = std::min(slots, that_fit(files.rlim_cur, for_the_run, files_of_a_slot));
    limit = "open files (ulimit -n " + std::to_string(files.rlim_cur) + ")";
  }
  const auto tasks = tasks_of_a_slot + (command.script().empty() ? 0 : further_tasks_of_a_script);
  const auto near = process::limit_below(wanted * tasks + tasks_of_the_run);
  if (near && that_fit(near->left, tasks_of_the_run, tasks) < slots) {
    slots = that_fit(near->left, tasks_of_the_run, tasks);
    limit = "processes (" + near->name + ", " + std::to_string(near->left) + " left)";
  }
  if (const auto most = memory_limit(); most && that_fit(*most, memory_of_the_run, memory_of_a_slot) < slots) {
    slots = that_fit(*most, memory_of_the_run, memory_of_a_slot);
    limit = "address space (ulimit -v " + std::to_string(*most / 1024) + ")";
  }
  if (slots < wanted) {
    view.say(joined({"braid: the limit of ", limit, " has room for ", std::to_string(slots),
                     slots == 1 ? " slot" : " slots", ", not for ", std::to_string(wanted)}));
  }
  return slots;
}

/// Throws usage_error if the limit of address space has no room for one slot.
void probe_memory() {
  const auto most = memory_limit();
  if (!most || *most >= memory_of_the_run + memory_of_a_slot) return;
  throw runner::usage_error(
      joined({"nothing was started: the limit of address space is ", std::to_string(*most / 1024), " kB; braid needs ",
              std::to_string((memory_of_the_run + memory_of_a_slot) / 1024), " kB: ulimit -v"}));
}

/// Throws usage_error if results cannot be kept in the folder for temporary files.
void probe_spool() {
  static_cast<void>(process::spool());
}

/// Sets `under_way` once jobs may have been started.
exit_code run(const map_request& request, const runner::command_template& command, runner::input_reader& reader,
              progress_view& view, const sigset_t& held, bool& under_way) {
  const auto format = make_format(request, command);
  const auto order = request.input_order ? runner::result_order::input : runner::result_order::as_ready;
  runner::result_output output(order, *format, view, {.out = 1, .err = 2});
  auto options = request.run;
  options.seed = std::random_device{}();
  probe_memory();
  process::launcher launcher;
  if (!launcher.sees_processes()) {
    view.say(
        "braid: there is no /proc here: a process that leaves its job's process group cannot be found, named or "
        "killed");
  }
  if (options.capture) probe_spool();
  const auto wanted = std::min<std::uint64_t>(options.slots, reader.known_total().value_or(options.slots));
  if (wanted > 0) options.slots = std::min(options.slots, slots_with_room(wanted, command, launcher, view));
  runner::engine engine(command, options, launcher, output, view);
  runner::run_report report;
  int stopped_by = 0;
  {
    const signal_handler handler(held, engine, launcher, view);
    under_way = true;
    report = engine.run(reader);
    stopped_by = handler.stopped_by();
    if (handler.jobs_were_ended() || report.jobs_were_ended) {
      for (const auto& each : launcher.kill_everything().survivors) view.say_survivor("the run", each);
    }
  }
  view.say_held_at_end();
  const bool never_ran = report.failure != runner::run_failure::none && nothing_ran(report);
  never_ran ? view.clear() : view.summarize(options.slots, !report.all_started);
  if (report.failure != runner::run_failure::none) view.say("braid: " + report.sentence);
  if (const auto hint = order_of_words(request, report); !hint.empty()) view.say("braid: " + hint);
  const exit_code code = judge(report, stopped_by);
  const bool mild = code == exit_code::ok || code == exit_code::jobs_failed;
  return mild && view.lost_lines() ? exit_code::incomplete : code;
}

/// Returns why braid itself cannot run on this machine.
std::string why_not_started(const std::exception& error) {
  const bool no_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  std::string text = joined({"nothing was started: ", no_memory ? "no memory is left" : error.what()});
  const auto* system = dynamic_cast<const std::system_error*>(&error);
  const int number = system != nullptr ? system->code().value() : 0;
  if (number == EMFILE) text += "; one slot needs about 40 open files: ulimit -n 256";
  if (number == EAGAIN || dynamic_cast<const no_thread_left*>(&error) != nullptr)
    text += "; braid needs about 8 processes and threads for itself (ulimit -u, or pids.max of the cgroup)";
  return text;
}

exit_code map(const std::vector<std::string_view>& words, bool& under_way) {
  const auto request = parse_map(words, usable_cpus());
  if (request.help || request.version) {
    under_way = true;
    return print(request.help ? map_help() : "braid " BRAID_VERSION "\n");
  }
  const runner::command_template command(request.command, request.mode);
  if (request.shown == map_request::format::tagged) static_cast<void>(runner::text_template(request.tag));
  const bool redraws = terminal_can_redraw(), captured = request.run.capture;
  progress_view view(command, {.progress = request.progress && redraws && captured,
                               .verbose = request.verbose,
                               .raw_terminal = ::isatty(2) == 1 && !captured});
  if (!command.warning().empty()) view.say("braid: " + command.warning());
  runner::input_reader reader(open(request), [&view](const std::string& hint) { view.say("braid: " + hint); });
  if (request.dry_run) {
    under_way = true;
    return show_commands(command, reader, view);
  }
  return run(request, command, reader, view, hold_signals(), under_way);
}

}  // namespace

exit_code print(std::string_view text) {
  runner::byte_sink out(1, "stdout");
  out.write(text);
  out.flush();
  return exit_code::ok;
}

exit_code map(const std::vector<std::string_view>& words) {
  bool under_way = false;
  try {
    return map(words, under_way);
  } catch (const runner::usage_error&) {
    throw;
  } catch (const std::exception& error) {
    if (under_way) throw;
    throw runner::usage_error(why_not_started(error));
  }
}

}  // namespace braid::cmd
