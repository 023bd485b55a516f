// A small stateless model checker for braid's own concurrent code, in the spirit of CHESS, loom and Relacy.
//
// A scenario makes a fresh world, gives it two or more threads and final checks; run() performs it under every
// schedule, up to partial-order reduction and within the bound of preemptions (search.hpp says which and cites).
// The explored threads are fibers of one OS thread; memory is sequentially consistent; a step is an operation on a
// braid::detail::atomic or one of the futex calls (atomic.hpp). What is not seen: weak memory orders (ThreadSanitizer's
// business), and plain data, which two threads must share only under what the steps order.
//
// It finds: a check that fails, a deadlock (says who waits where), a lost wake-up, an operation on a destroyed or
// freed atomic, misuse reported by braid itself, a schedule that does not end, a program that is not deterministic.
// A failing schedule is printed as a string and replayed by BRAID_EXPLORE_REPLAY="name=string".
//
// Inside a scenario nothing may outlive the schedule: memory comes from an arena (arena.hpp), so GoogleTest's
// assertions and lazily made globals do not belong there. Use explore::check.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <source_location>
#include <string>

#include "explore/search.hpp"

namespace explore {

struct options {
  std::string name{};           ///< as printed, and as named for a replay
  int preemptions = unlimited;  ///< at most so many in a schedule
  reduction kind = reduction::dynamic;
  int timeouts = 0;             ///< 0: timed waits never expire. Else each thread's may, so often at any moment, and
                                ///< further when nothing else can go on: time passes
  int spurious = 0;             ///< futex waits that return without a wake-up, at most so many in a schedule
  bool coins = false;           ///< each thread's first fair select of two starts at either case
  bool misuse_allowed = false;  ///< a schedule that braid ends as misused has passed, and is counted
  int max_steps = 5000;         ///< a longer schedule has run away
  std::uint64_t max_schedules = 20'000'000;  ///< more fails the run: a search that was cut short proves nothing
};

/// One schedule's threads. Filled by the scenario's set-up, which runs once per schedule.
class world {
 public:
  /// Adds a thread; the first is `a`. At most max_threads.
  void thread(std::function<void()> body);

  /// Runs after every thread has ended, in the order given, outside any explored thread.
  void at_end(std::function<void()> check);

 private:
  friend class engine;
  std::function<void()> threads_[max_threads];
  int count_ = 0;
  std::function<void()> checks_[4];
  int check_count_ = 0;
};

class result {
 public:
  [[nodiscard]] bool ok() const noexcept { return failure.empty(); }
  /// The failure, its schedule and its last steps; or the counts.
  [[nodiscard]] std::string text() const;

  std::string name;
  std::string failure{};   ///< empty: every schedule passed
  std::string schedule{};  ///< of the failure
  std::string trace{};     ///< its last steps
  std::uint64_t schedules = 0;
  std::uint64_t misused = 0;    ///< of `schedules`, those that ended with braid's sentence about misuse
  std::uint64_t redundant = 0;  ///< schedules given up as covered by others; not in `schedules`
  int depth = 0;                ///< steps of the longest schedule
  int preemptions = 0;          ///< most in one schedule
  int threads = 0;
  int bound = unlimited;
};

/// Runs the scenario under every schedule; stops at the first that fails. Prints one line with the counts.
/// Not thread-safe: one run at a time in a process.
result run(const options& how, const std::function<void(world&)>& scenario);

/// Fails the schedule if the condition does not hold.
void check(bool condition, const char* sentence, std::source_location at = std::source_location::current());

/// A choice of the schedule: every value in [0, n) is explored, n <= max_alternatives. 0 outside an explored thread.
int choose(int n, std::source_location at = std::source_location::current());

/// 0 or 1, a choice of the schedule if the scenario asked for coins; else 0.
std::uint32_t coin();

/// The calling explored thread, 0 for `a`; -1 outside.
int this_thread() noexcept;

/// True when the long form was asked for: BRAID_EXPLORE_LONG=1, or by make prove.
bool long_form();

/// The bound for scenarios of three threads: 3 preemptions, in the long form 4.
inline int bound_of_three() {
  return long_form() ? 4 : 3;
}

/// "a3b2a.1": a takes three steps, b two, then a's first alternative.
std::string format_schedule(const choice* choices, std::size_t count);
bool parse_schedule(const std::string& text, std::vector<choice>& out);

}  // namespace explore
