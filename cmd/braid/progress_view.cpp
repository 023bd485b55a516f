#include "cmd/braid/progress_view.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include "cmd/braid/progress_text.hpp"

namespace braid::cmd {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds quiet_start{1};

/// Returns "job 7", with the try if there are several.
std::string job_text(std::uint64_t number, unsigned tries) {
  auto text = "job " + std::to_string(number);
  if (tries > 1) text += " (try " + std::to_string(tries) + ")";
  return text;
}

std::string process_text(const process::process_info& each) {
  return joined({one_line(each.name, 32), " (pid ", std::to_string(each.pid), ")"});
}

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

bool terminal_can_redraw() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool plain = (no_color != nullptr && *no_color != '\0') || term == nullptr || std::string_view(term) == "dumb";
  return ::isatty(2) == 1 && !plain;
}

progress_view::progress_view(const runner::command_template& command, settings chosen)
    : command_(command),
      settings_(chosen),
      shares_terminal_(::isatty(1) == 1 && ::isatty(2) == 1),
      progress_(steady_clock::now()) {}

void progress_view::starting(const runner::job& what, std::size_t slot) {
  progress_.begin(what, steady_clock::now());
  if (!settings_.verbose || what.postponed) return;
  say(command_.show({.input = what.input.text, .number = what.input.number, .slot = slot}));
}

void progress_view::short_of_resources(const std::string& why, std::size_t slots) {
  say(joined({"braid: ", why, "; going on with ", std::to_string(slots), slots == 1 ? " slot" : " slots",
              ", the job is started later"}));
}

void progress_view::retrying(const runner::outcome& last, std::chrono::nanoseconds wait) {
  progress_.retry(last);
  say_what_stays(last);
  if (!settings_.verbose) return;
  say(joined(
      {"#", std::to_string(last.input.number), " ", describe_failure(last), ", again in ", clock_text(wait, true)}));
}

void progress_view::ended(const runner::outcome& last) {
  progress_.end(last);
  say_what_stays(last);
}

void progress_view::wants_terminal(std::uint64_t number, int signal) {
  const bool reads = signal == SIGTTIN;
  say(joined({"braid: ", job_text(number, 1), " is stopped: it waits for the terminal (", reads ? "SIGTTIN" : "SIGTTOU",
              "), which a job cannot ", reads ? "read" : "set", "; give it its answer by an option or a file"}));
}

void progress_view::came_late(const runner::late_output& late) try {
  const auto job = job_text(late.number, late.tries);
  if (late.bytes.dropped > 0) {
    say(joined({"braid: ", job, ": ", std::to_string(late.bytes.dropped), " bytes on its ", late.stream,
                " came after its end, from a process it left, and were dropped"}));
  }
  if (!late.bytes.still_open) return;
  if (late.bytes.at_end) {
    ++held_at_end_;
    return;
  }
  say(joined({"braid: ", job, ": its ", late.stream,
              " is no longer read; a process it left gets SIGPIPE at its next write there: redirect its output in the "
              "job"}));
} catch (const std::bad_alloc&) {
  lost_lines_ = true;
}

void progress_view::say_held_at_end() {
  if (held_at_end_ == 0) return;
  const bool one = held_at_end_ == 1;
  say(joined({"braid: processes that jobs left hold ", std::to_string(held_at_end_), one ? " stream" : " streams",
              " open, no longer read now; they get SIGPIPE at their next write there: redirect their output in the "
              "job"}));
}

/// Reports the processes that a try left running, and those that could not be ended with it.
void progress_view::say_what_stays(const runner::outcome& last) {
  const auto job = job_text(last.input.number, last.tries);
  if (!last.left_behind.empty()) {
    auto line = joined({"braid: ", job, " ended and left ", std::to_string(last.left_behind.size()), " running:"});
    for (const auto& left : last.left_behind) line += " " + process_text(left);
    say(line);
  }
  if (last.left_unseen) {
    say(joined({"braid: ", job, " ended and left a process that holds its output and cannot be seen from here"}));
  }
  for (const auto& each : last.survivors) say_survivor(job, each);
}

void progress_view::say_survivor(std::string_view job, const process::survivor& each) {
  {
    const std::lock_guard lock(mutex_);
    if (!named_survivors_.insert(each.process.pid).second) return;
  }
  const auto why = each.error_number != 0 ? std::generic_category().message(each.error_number)
                                          : std::string("it is stuck in the kernel");
  say(joined({"braid: ", job, ": could not kill ", process_text(each.process), ": ", why, "; it runs on"}));
}

void progress_view::before_output() {
  const std::lock_guard lock(mutex_);
  erase();
  output_under_way_ = true;
}

void progress_view::after_output(const runner::last_bytes& last) {
  const std::lock_guard lock(mutex_);
  const auto end = last.err || !shares_terminal_ ? last.err : last.out;
  if (end) mid_line_ = *end != '\n';
  output_under_way_ = false;
  if (const auto lines = std::exchange(held_lines_, {}); !lines.empty()) write_lines(lines);
}

void progress_view::clear() {
  const std::lock_guard lock(mutex_);
  erase();
}

void progress_view::tick() try {
  if (!settings_.progress) return;
  const auto now = steady_clock::now();
  const auto seen = progress_.look();
  if (now - seen.began < quiet_start) return;
  const auto line = one_line(progress_text(seen, now), terminal_width() - 2);
  const auto lock = lock_if_possible();
  if (!lock || mid_line_ || output_under_way_) return;
  put(joined({"\r ", line, "\033[K"}));
  drawn_ = ever_drawn_ = true;
} catch (const std::bad_alloc&) {  // a later tick may have the memory
}

void progress_view::say(std::string_view line) {
  const std::lock_guard lock(mutex_);
  say_locked(line);
}

void progress_view::say_if_possible(std::string_view line) {
  if (const auto lock = lock_if_possible()) say_locked(line);
}

void progress_view::clear_if_possible() {
  if (const auto lock = lock_if_possible()) erase();
}

/// A pipe that is ready takes PIPE_BUF bytes at once, more than one of our lines has.
std::unique_lock<std::timed_mutex> progress_view::lock_if_possible() {
  std::unique_lock lock(mutex_, patience);
  pollfd ready{2, POLLOUT, 0};
  if (lock && ::poll(&ready, 1, static_cast<int>(patience.count())) == 0) lock.unlock();
  return lock;
}

/// Requires mutex_.
void progress_view::say_locked(std::string_view line) {
  const auto text = joined({line, "\n"});
  output_under_way_ ? static_cast<void>(held_lines_ += text) : write_lines(text);
}

/// Requires mutex_.
void progress_view::write_lines(std::string_view text) {
  erase();
  begin_line();
  put(text);
}

void progress_view::summarize(std::size_t slots, bool stopped) {
  const auto seen = progress_.look();
  if (seen.failed == 0 && seen.cancelled == 0 && !stopped && !ever_drawn_) {
    clear();
    return;
  }
  auto text = summary_text(seen, steady_clock::now(), slots);
  if (stopped && seen.total && *seen.total > seen.ended()) {
    text += joined({"; ", std::to_string(*seen.total - seen.ended()), " not started"});
  }
  say(text);
  for (const auto& line : progress_.failures()) say(joined({"  ", line}));
}

void progress_view::erase() {
  if (drawn_) put("\r\033[K");
  drawn_ = false;
}

/// Requires mutex_.
void progress_view::begin_line() {
  if (std::exchange(mid_line_, false)) put("\n");
  // A terminal's width of blanks ends on the line it began on only if it began at the start of that line.
  if (settings_.raw_terminal) put(std::string(terminal_width(), ' ') + "\r");
}

/// A terminal that is gone (EIO) and a stderr that was closed on purpose (EBADF) do not count as failures.
void progress_view::put(std::string_view text) {
  while (!text.empty()) {
    const auto done = ::write(2, text.data(), text.size());
    if (done < 0 && errno != EINTR && errno != EAGAIN) {
      lost_lines_ = lost_lines_ || (errno != EIO && errno != EBADF);
      return;
    }
    if (done < 0 && errno == EAGAIN) {
      pollfd ready{2, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    }
    if (done > 0) text.remove_prefix(static_cast<std::size_t>(done));
  }
}

}  // namespace braid::cmd
