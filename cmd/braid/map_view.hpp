// What a person sees of a run, all of it on stderr: the progress line, -v, what jobs leave behind, the summary.
//
// Invariants
// 1. drawn_ says whether the progress line stands on the terminal; mutex_ guards it and every write to stderr of ours.
// 2. The line is erased before anything else is written, ours or a job's, and drawn again by the next tick.
// 3. mid_line_ says whether a job's output ended without a newline where our lines go. Then the progress line waits for
//    the end of that line, and a line of ours begins with a newline. Jobs that write straight to the terminal (-u)
//    leave the cursor where we cannot know: there is no progress line, and a line of ours moves to a fresh line first.
// 4. While a job's output is written, a line of ours waits for its end: it would stand in the middle of the job's text.
// 5. What the thread of the signals writes may be left out (..._if_possible, tick): it never waits for a reader.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "braid/runner/command_template.hpp"
#include "braid/runner/run_observer.hpp"
#include "cmd/braid/run_tally.hpp"

namespace braid::cmd {

class map_view final : public runner::run_observer {
 public:
  struct settings {
    bool progress = false;      ///< a line on the terminal, after one second
    bool verbose = false;       ///< each command as it starts
    bool raw_terminal = false;  ///< jobs write to this terminal themselves
  };

  /// `command` is borrowed.
  map_view(const runner::command_template& command, settings chosen);

  void starting(const runner::job& what, std::size_t slot) override;
  void postponed(const runner::job& what) override { tally_.postpone(what); }
  void short_of_resources(const std::string& why, std::size_t slots) override;
  void retrying(const runner::outcome& last, std::chrono::nanoseconds wait) override;
  void ended(const runner::outcome& last) override;
  void wants_terminal(std::uint64_t number, int signal) override;
  void came_late(const runner::late_output& late) override;
  void total_known(std::uint64_t total) override { tally_.know_total(total); }
  void before_output() override;
  void after_output(const runner::last_bytes& last) override;

  /// Draws the progress line, if it is wanted, due and possible. At most ten times a second, by the caller.
  void tick();
  /// Says that a process of `job` could not be ended; once for each.
  void say_survivor(std::string_view job, const process::survivor& each);
  /// One line where pipes were still held when the run gave them up.
  void say_held_at_end();
  /// A line of ours. Any thread; waits for as long as stderr takes nothing, but not for a job's output.
  void say(std::string_view line);
  /// A line that may be left out: of whatever keeps stderr busy it waits for `patience` at most.
  void say_if_possible(std::string_view line);
  /// Removes the progress line.
  void clear();
  /// The same, if stderr takes that.
  void clear_if_possible();
  /// The summary, where there is something to tell: a failure, a stop, or a line that was shown.
  void summarize(std::size_t slots, bool stopped);

  [[nodiscard]] tally look() const { return tally_.look(); }
  [[nodiscard]] bool wants_ticks() const { return settings_.progress; }
  /// A line of ours could not be written: stderr is a full disk or a pipe without a reader.
  [[nodiscard]] bool lost_lines() const { return lost_lines_; }

 private:
  static constexpr std::chrono::milliseconds patience{200};

  void say_what_stays(const runner::outcome& last);
  /// The lock, if stderr takes a line within `patience`; empty otherwise.
  std::unique_lock<std::timed_mutex> lock_if_possible();
  void say_locked(std::string_view line);
  void write_lines(std::string_view text);
  void erase();
  void begin_line();
  void put(std::string_view text);

  const runner::command_template& command_;
  const settings settings_;
  const bool shares_terminal_;  ///< stdout is where our lines go
  run_tally tally_;
  std::timed_mutex mutex_;
  bool drawn_ = false;
  bool ever_drawn_ = false;
  bool mid_line_ = false;
  bool output_under_way_ = false;
  std::string held_lines_;  ///< said meanwhile
  std::set<pid_t> named_survivors_;
  std::atomic<int> held_at_end_ = 0;
  std::atomic<bool> lost_lines_ = false;
};

/// True if stderr is a terminal that can redraw a line and nobody asked for plain text (NO_COLOR, TERM=dumb).
[[nodiscard]] bool terminal_can_redraw();

}  // namespace braid::cmd
