// Runs one schedule of a scenario: the fibers, who sleeps where, what each would do next.
//
//   a thread:  ready --(its step is taken)--> running --(next step announced)--> ready
//              running --(futex_wait on an unchanged word)--> asleep --(wake | time-out | spurious)--> ready
//              running --(body returned)--> ended
#pragma once

#include <array>
#include <string>
#include <vector>

#include "explore/explore.hpp"
#include "explore/fiber.hpp"
#include "explore/step.hpp"

namespace explore {

class engine {
 public:
  static engine& get();

  result run(const options& how, const std::function<void(world&)>& scenario);

  int turn(const step& next);
  bool sleep(const step& asleep, bool timed);
  void wake(const void* where);
  void note(std::uint64_t before, std::uint64_t after) noexcept;
  [[noreturn]] void fail(const std::string& sentence, const std::source_location* place);
  [[nodiscard]] bool active() const noexcept { return active_; }
  [[nodiscard]] bool flips_coins() const noexcept { return active_ && how_->coins; }
  [[nodiscard]] int current() const noexcept { return current_; }

  [[nodiscard]] thread_locals& locals() noexcept { return locals_[static_cast<std::size_t>(current_ + 1)]; }
  /// Ends the schedule without failing it, if the scenario allows that.
  void misused();

  /// Names the schedule under way on stderr, for a crash. Async-signal-safe enough for a dying process.
  void describe_crash() noexcept;

 private:
  enum class mode : std::uint8_t { ready, asleep, ended };
  struct explored {
    fiber stack;
    mode state = mode::ended;
    step next;
    std::uint64_t slept = 0;  ///< when it fell asleep, in steps: the longest sleeper is woken first
    bool timed = false;
    int picked = 0;
    int spurious_left = 0;
    int timeouts_left = 0;
  };
  struct event {
    choice chosen;
    step what;
    std::uint64_t before = 0, after = 0;
    bool noted = false;
  };

  static void direct(void* self);      // the body of the director fiber: one schedule from set-up to final checks
  static void run_thread(void* self);  // the body of a thread's fiber
  void perform_schedule();
  void play();
  void boot();
  void dispatch(fiber& from);
  void explain(result& r);
  bool replay(result& r);
  [[nodiscard]] situation survey() const;
  [[nodiscard]] choice decide(const situation& at);
  [[nodiscard]] bool all_ended() const noexcept;
  [[nodiscard]] std::string who_waits() const;
  [[nodiscard]] std::string trace_text() const;
  [[nodiscard]] std::string label(const void* where) const;
  void drop_locals();
  void leave(fiber& from);  // back to run(), for good

  const options* how_ = nullptr;
  const std::function<void(world&)>* scenario_ = nullptr;
  search* search_ = nullptr;
  const std::vector<choice>* script_ = nullptr;  ///< a schedule to follow instead of searching
  world* world_ = nullptr;
  std::array<explored, max_threads> threads_;
  fiber director_;
  std::array<thread_locals, max_threads + 1> locals_{};  ///< the first: of the code outside
  std::vector<choice> choices_;
  std::vector<event> events_;  ///< kept only while tracing
  std::string failure_;
  int count_ = 0;
  int current_ = -1;
  int last_ = -1;
  bool active_ = false;
  bool misused_ = false;
  bool booting_ = false;  ///< the threads run up to their first step, which touches nothing shared
  bool tracing_ = false;
};

}  // namespace explore
