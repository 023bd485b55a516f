// One step of an explored thread: an operation on one atomic, seen by the scheduler before it is performed.
#pragma once

#include <cstdint>
#include <source_location>
#include <string>

namespace explore {

enum class action : std::uint8_t {
  load,
  store,
  exchange,
  add,
  compare_exchange,
  destroy,
  spin,
  futex_wait,
  futex_wake,
  sleep,
  resume,
  choose,
  start
};

const char* name_of(action what) noexcept;
std::string place_text(const std::source_location& place);  ///< "file.hpp:12"

struct step {
  action what = action::start;
  bool writes = false;          ///< may change the object: two steps commute unless they meet at it and one writes
  const void* where = nullptr;  ///< the object; null: commutes with everything
  std::source_location place{};
  int alternatives = 1;  ///< outcomes the scheduler may pick from (choose)
  /// Null: always enabled. Otherwise the step can be performed only while this holds.
  bool (*enabled)(const void* where, std::uint64_t unwanted) = nullptr;
  std::uint64_t unwanted = 0;
};

/// Two steps of different threads commute: performed in either order from the same state they lead to the same state,
/// and neither blocks or frees the other.
inline bool commute(const void* a, bool a_writes, const void* b, bool b_writes) noexcept {
  return a != b || a == nullptr || !(a_writes || b_writes);
}

/// Hands the turn to the scheduler; returns the picked alternative when it is the caller's turn to perform `next`.
/// Outside an explored thread (set-up, final checks, ordinary code) it returns at once.
int turn(const step& next);

/// Sleeps until woken at `asleep.where` (true), or until the scheduler picks a permitted time-out (false). May return
/// true without a wake-up, as a futex may, if the scenario asks for that. `asleep.enabled` tells whether the word has
/// changed since: then a sleep that never ends is a lost wake-up.
bool sleep(const step& asleep, bool timed);

/// Wakes the thread that sleeps longest at `where`, if any.
void wake(const void* where);

/// Notes what the step just performed saw and left, for the trace of a failing schedule.
void note(std::uint64_t before, std::uint64_t after) noexcept;

/// The thread-local state of the calling explored thread; of all the code outside, if it is called there.
struct thread_locals {
  void* slot = nullptr;
  void* worker = nullptr;
  void* pool_worker = nullptr;
  std::int64_t now = 0;
  void* own = nullptr;
  void (*destroy)(void* own) = nullptr;
};
thread_locals& locals() noexcept;

/// So much time passes for a thread between two looks at the clock: a long time, so that whatever waits for something
/// to last is satisfied at once, unless a scenario wants its work to be short.
inline std::int64_t nanoseconds_between_looks = 1'000'000;

/// Ends the schedule: braid has found itself misused. That fails it, unless the scenario allows misuse.
[[noreturn]] void misused(const char* sentence, const char* file, int line);

/// Ends the schedule as failed, from anywhere inside it.
[[noreturn]] void fail(const char* sentence, const std::source_location& place);

}  // namespace explore
