// The search: which schedule comes next. Depth first over the tree of schedules, stateless: a schedule is replayed
// from its start, and the tree is held as the path to the current leaf, one node per step.
//
// Reductions, and what each is good for:
//   none      every schedule within the bound of preemptions.
//   sleep     sleep sets: of two orders of steps that commute only one is run to its end. P. Godefroid, "Partial-Order
//             Methods for the Verification of Concurrent Systems", LNCS 1032, 1996, chapter 5. Unbounded only.
//   dynamic   sleep sets, and a thread is tried early only where it raced: C. Flanagan, P. Godefroid, "Dynamic
//             partial-order reduction for model checking software", POPL 2005. With a bound of preemptions the sleep
//             sets are off and every race is also tried at the start of the block of steps it lies in, where the
//             switch may be free: K. Coons, M. Musuvathi, K. McKinley, "Bounded partial-order reduction", OOPSLA 2013.
// Bounding preemptions: M. Musuvathi, S. Qadeer, "Iterative context bounding for systematic testing of multithreaded
// programs", PLDI 2007. A switch away from a thread that could go on is a preemption; others are free.
// The tests hold each reduction against `none` on random programs: same final states, same deadlocks.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace explore {

constexpr int max_threads = 6;
constexpr int max_alternatives = 8;
constexpr int unlimited = std::numeric_limits<int>::max();

enum class reduction : std::uint8_t { none, sleep, dynamic };

/// A thread, and which of its possible outcomes (0: the ordinary one).
struct choice {
  int thread = 0;
  int alternative = 0;
  friend bool operator==(const choice&, const choice&) = default;
};

/// A set of choices.
using choice_set = std::uint64_t;
constexpr choice_set set_of(choice c) noexcept {
  return choice_set(1) << (c.thread * max_alternatives + c.alternative);
}
constexpr choice_set all_of(int thread) noexcept {
  return choice_set(0xFF) << (thread * max_alternatives);
}
choice first_of(choice_set set) noexcept;  ///< of a set that is not empty

/// What each thread would do next, at one point of a schedule.
struct situation {
  struct intent {
    const void* where = nullptr;
    bool writes = false;
  };
  choice_set enabled = 0;
  int running = -1;  ///< the thread that could go on without a switch; -1: none
  int threads = 0;
  std::array<intent, max_threads> intents{};
};

class search {
 public:
  struct options {
    reduction kind = reduction::dynamic;
    int preemptions = unlimited;
  };

  explicit search(options how);

  /// Begins the next schedule at its first step.
  void begin() noexcept;

  /// The choice for the next step of this schedule. `at.enabled` is not empty.
  choice next(const situation& at);

  /// The step just chosen woke `thread`: whatever that does next comes after it.
  void woke(int thread) noexcept;

  /// The schedule has ended; `at` says what the threads that are blocked for good still wait to do.
  /// True if another schedule is to be run.
  bool advance(const situation& at);

  /// The steps of a prefix were not possible again: the program is not deterministic.
  [[nodiscard]] bool diverged() const noexcept { return diverged_; }

  /// Every order of this schedule is covered by others; it is run to its end, not searched.
  [[nodiscard]] bool redundant() const noexcept { return redundant_; }

  [[nodiscard]] int preemptions() const noexcept { return preemptions_; }

 private:
  using clock = std::array<std::uint16_t, max_threads>;

  struct node {
    situation at;
    choice_set todo = 0, done = 0, sleeping = 0;
    choice chosen;
    int preemptions = 0;  ///< before this step
    int woke = -1;
    int index = 0;  ///< this step is its thread's index-th, from 1
    clock seen{};   ///< per thread, how many of its steps happened before or are this one
  };

  node& push(const situation& at);
  choice take(node& n, choice c);
  void analyse(std::size_t position, int thread, situation::intent intent, bool performed);
  void race(std::size_t i, std::size_t position, int thread, const clock& last);
  void race_within_bound(std::size_t position, int thread, const clock& before);
  [[nodiscard]] clock own_past(std::size_t position, int thread, int& index) const;
  static void join(clock& into, const clock& from) noexcept {
    for (std::size_t t = 0; t < into.size(); ++t)
      if (from[t] > into[t]) into[t] = from[t];
  }
  void add(node& n, choice_set which) const noexcept;
  [[nodiscard]] choice_set affordable(const node& n) const noexcept;
  [[nodiscard]] choice preferred(choice_set among, int running) const noexcept;
  [[nodiscard]] bool bounded() const noexcept { return how_.preemptions != unlimited; }
  [[nodiscard]] int price(const situation& at, choice c) const noexcept {
    return at.running >= 0 && at.running != c.thread ? 1 : 0;
  }

  options how_;
  std::vector<node> path_;
  std::vector<std::size_t> races_;  ///< of the step under analysis
  std::size_t position_ = 0;        ///< steps of this schedule chosen so far
  std::size_t analysed_ = 0;        ///< nodes whose clocks and races are done
  int preemptions_ = 0;
  bool redundant_ = false;
  bool diverged_ = false;
};

}  // namespace explore
