// What a person sees of a run, all of it on stderr: the progress line, -v, what jobs leave behind, the summary.
//
// Invariants
// 1. drawn_ says whether the progress line stands on the terminal; mutex_ guards it and every write to stderr of ours.
// 2. The line is erased before anything else is written, ours or a job's, and drawn again by the next tick.
#pragma once

#include <chrono>
#include <mutex>
#include <string_view>

#include "braid/runner/command_template.hpp"
#include "braid/runner/run_observer.hpp"
#include "cmd/braid/run_tally.hpp"

namespace braid::cmd {

class map_view final : public runner::run_observer {
 public:
  struct settings {
    bool progress = false;  ///< a line on the terminal, after one second
    bool verbose = false;   ///< each command as it starts
  };

  /// `command` is borrowed.
  map_view(const runner::command_template& command, settings chosen);

  void starting(const runner::job& what, std::size_t slot) override;
  void retrying(const runner::outcome& last, std::chrono::nanoseconds wait) override;
  void ended(const runner::outcome& last) override;
  void total_known(std::uint64_t total) override { tally_.know_total(total); }
  void before_output() override;

  /// Draws the progress line, if it is wanted and due. At most ten times a second, by the caller.
  void tick();
  /// A line of ours. Any thread.
  void say(std::string_view line);
  /// The summary, where there is something to tell: a failure, a stop, or a line that was shown.
  void summarize(std::size_t slots, bool stopped);

  [[nodiscard]] tally look() const { return tally_.look(); }
  [[nodiscard]] bool wants_ticks() const { return settings_.progress; }

 private:
  void erase();
  void put(std::string_view text) const;

  const runner::command_template& command_;
  const settings settings_;
  run_tally tally_;
  std::mutex mutex_;
  bool drawn_ = false;
  bool ever_drawn_ = false;
};

/// True if stderr is a terminal that can redraw a line and nobody asked for plain text (NO_COLOR, TERM=dumb).
[[nodiscard]] bool terminal_can_redraw();

}  // namespace braid::cmd
