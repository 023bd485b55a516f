// Shows a run to a person, all of it on stderr: the progress line, -v, the leftovers of jobs, the summary.
//
// Invariants
// 1. drawn_ says whether the progress line stands on the terminal; mutex_ guards it and all our writes to stderr.
// 2. The line is erased before anything else is written, by us or by a job, and drawn again at the next tick.
// 3. mid_line_ says whether a job's output ended without a newline where our lines go. Then the progress line waits for
//    the end of that line, and a line of ours begins with a newline. Jobs that write straight to the terminal (-u)
//    leave the cursor at an unknown place: there is no progress line, and a line of ours moves to a fresh line first.
// 4. While a job's output is written, our lines are held back: they would stand in the middle of the job's text.
// 5. Output of the signal thread may be left out (..._if_possible, tick): that thread never waits for a reader.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "braid/runner/command_template.hpp"
#include "braid/runner/run_observer.hpp"
#include "cmd/braid/run_progress.hpp"

namespace braid::cmd {

class progress_view final : public runner::run_observer {
 public:
  struct settings {
    bool progress = false;      ///< a line on the terminal, after one second
    bool verbose = false;       ///< each command as it starts
    bool raw_terminal = false;  ///< jobs write to this terminal themselves
  };

  /// `command` is borrowed.
  progress_view(const runner::command_template& command, settings chosen);

  void starting(const runner::job& what, std::size_t slot) override;
  void postponed(const runner::job& what) override { progress_.postpone(what); }
  void short_of_resources(const std::string& why, std::size_t slots) override;
  void retrying(const runner::outcome& last, std::chrono::nanoseconds wait) override;
  void ended(const runner::outcome& last) override;
  void wants_terminal(std::uint64_t number, int signal) override;
  void came_late(const runner::late_output& late) override;
  void total_known(std::uint64_t total) override { progress_.know_total(total); }
  void before_output() override;
  void after_output(const runner::last_bytes& last) override;

  /// Draws the progress line if it is wanted, due and possible. The caller calls it at most ten times a second.
  void tick();
  /// Reports that a process of `job` could not be ended; once for each process.
  void say_survivor(std::string_view job, const process::survivor& each);
  /// Writes one line if pipes were still held when the run gave them up.
  void say_held_at_end();
  /// Writes one of our lines. Any thread; waits for as long as stderr takes nothing, but not for a job's output.
  void say(std::string_view line);
  /// Writes a line that may be left out: waits at most `patience` for each thing that keeps stderr busy.
  void say_if_possible(std::string_view line);
  /// Removes the progress line.
  void clear();
  /// Removes the progress line, if stderr takes that.
  void clear_if_possible();
  /// Writes the summary if there is something to tell: a failure, a stop, or a progress line that was shown.
  void summarize(std::size_t slots, bool stopped);

  [[nodiscard]] progress_counts look() const { return progress_.look(); }
  [[nodiscard]] bool wants_ticks() const { return settings_.progress; }
  /// Returns true if one of our lines could not be written: stderr is a full disk or a pipe without a reader.
  [[nodiscard]] bool lost_lines() const { return lost_lines_; }

 private:
  static constexpr std::chrono::milliseconds patience{200};

  void say_what_stays(const runner::outcome& last);
  /// Returns the lock, if stderr takes a line within `patience`; empty otherwise.
  std::unique_lock<std::timed_mutex> lock_if_possible();
  void say_locked(std::string_view line);
  void write_lines(std::string_view text);
  void erase();
  void begin_line();
  void put(std::string_view text);

  const runner::command_template& command_;
  const settings settings_;
  const bool shares_terminal_;  ///< stdout is where our lines go
  run_progress progress_;
  std::timed_mutex mutex_;
  bool drawn_ = false;
  bool ever_drawn_ = false;
  bool mid_line_ = false;
  bool output_under_way_ = false;
  std::string held_lines_;  ///< lines to write after that output
  std::set<pid_t> named_survivors_;
  std::atomic<int> held_at_end_ = 0;
  std::atomic<bool> lost_lines_ = false;
};

/// Returns true if stderr is a terminal that can redraw a line and plain text is not asked for (NO_COLOR, TERM=dumb).
[[nodiscard]] bool terminal_can_redraw();

}  // namespace braid::cmd
