#include "cmd/braid/map_view.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "cmd/braid/run_text.hpp"

namespace braid::cmd {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds quiet_start{1};

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

map_view::map_view(const runner::command_template& command, settings chosen)
    : command_(command), settings_(chosen), tally_(steady_clock::now()) {}

void map_view::starting(const runner::job& what, std::size_t slot) {
  tally_.begin(what, steady_clock::now());
  if (!settings_.verbose) return;
  say(command_.show({.input = what.input.text, .number = what.input.number, .slot = slot}));
}

void map_view::retrying(const runner::outcome& last, std::chrono::nanoseconds wait) {
  tally_.retry(last);
  if (!settings_.verbose) return;
  say(joined(
      {"#", std::to_string(last.input.number), " ", describe_failure(last), ", again in ", clock_text(wait, true)}));
}

void map_view::ended(const runner::outcome& last) {
  tally_.end(last);
  if (last.left_behind.empty()) return;
  std::string line = "braid: job " + std::to_string(last.input.number) + " ended and left " +
                     std::to_string(last.left_behind.size()) + " running:";
  for (const auto& left : last.left_behind) {
    line += joined({" ", one_line(left.name, 32), " (pid ", std::to_string(left.pid), ")"});
  }
  say(line);
}

void map_view::before_output() {
  const std::lock_guard lock(mutex_);
  erase();
}

void map_view::tick() {
  if (!settings_.progress) return;
  const auto now = steady_clock::now();
  const auto seen = tally_.look();
  if (now - seen.began < quiet_start) return;
  const auto line = one_line(progress_text(seen, now), terminal_width() - 2);
  const std::lock_guard lock(mutex_);
  put(joined({"\r ", line, "\033[K"}));
  drawn_ = ever_drawn_ = true;
}

void map_view::say(std::string_view line) {
  std::string text(line);
  text += '\n';
  const std::lock_guard lock(mutex_);
  erase();
  put(text);
}

void map_view::summarize(std::size_t slots, bool stopped) {
  const auto seen = tally_.look();
  if (seen.failed == 0 && seen.cancelled == 0 && !stopped && !ever_drawn_) {
    before_output();
    return;
  }
  auto text = summary_text(seen, steady_clock::now(), slots);
  if (stopped && seen.total && *seen.total > seen.ended()) {
    text += joined({"; ", std::to_string(*seen.total - seen.ended()), " not started"});
  }
  say(text);
  for (const auto& line : tally_.failures()) say(joined({"  ", line}));
}

void map_view::erase() {
  if (drawn_) put("\r\033[K");
  drawn_ = false;
}

/// A person's terminal that is gone is no reason to stop the run.
void map_view::put(std::string_view text) const {
  while (!text.empty()) {
    const auto done = ::write(2, text.data(), text.size());
    if (done < 0 && errno != EINTR) return;
    if (done > 0) text.remove_prefix(static_cast<std::size_t>(done));
  }
}

}  // namespace braid::cmd
