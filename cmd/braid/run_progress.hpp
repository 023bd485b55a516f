// Counts the jobs of a run so far, for the people who watch it.
//
// Invariant: every job in running_ has begun a try that has not ended. All members are guarded by mutex_.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "braid/runner/run_observer.hpp"

namespace braid::cmd {

/// A snapshot of a run.
struct progress_counts {
  using time_point = std::chrono::steady_clock::time_point;

  std::uint64_t ok = 0, failed = 0, cancelled = 0, retried = 0;
  std::optional<std::uint64_t> total;
  std::size_t running = 0;
  std::string oldest;  ///< input of the job that has run longest; empty if none runs
  time_point oldest_since;
  time_point began;

  [[nodiscard]] std::uint64_t ended() const { return ok + failed + cancelled; }
};

class run_progress {
 public:
  explicit run_progress(progress_counts::time_point now) { now_.began = now; }

  void begin(const runner::job& what, progress_counts::time_point now);
  void postpone(const runner::job& what);
  void retry(const runner::outcome& last);
  void end(const runner::outcome& last);
  void know_total(std::uint64_t total);

  [[nodiscard]] progress_counts look() const;
  /// Returns one line for each of the first failures, and the number of the others.
  [[nodiscard]] std::vector<std::string> failures() const;

 private:
  struct under_way {
    std::string input;
    progress_counts::time_point since;
  };

  mutable std::mutex mutex_;
  progress_counts now_;
  std::map<std::uint64_t, under_way> running_;
  std::vector<std::string> failures_;
};

/// Returns "exit 22 x4", "timeout", "killed by SIGSEGV", or why the job did not start.
[[nodiscard]] std::string describe_failure(const runner::outcome& last);

/// Returns foreign text as one line of a terminal: at most `most` bytes, whole characters, '?' for control characters.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t most);

}  // namespace braid::cmd
