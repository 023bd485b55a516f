// The waits of this process that are under way, for reports: of threads in get() and of parked tasks. Off until
// something asks for it. When on, each wait costs an allocation, a lock and, on a thread, a walk over its stack. When
// off, it costs a load where a performer parks.
//
// Invariants
// 1. A record is in the list from before its performer's word is opened until after the performer was resumed, or the
//    parked operation is withdrawn by its destructor. The performer removes the record under the mutex before its
//    operations may be destroyed. So with the mutex held every operation in the list exists, and so does its source.
// 2. Once on, it stays on, so that no performer keeps a record of a wait that is over.
// 3. Each process has records of its own. The child of a fork begins with none, and never takes the mutex of its
//    parent's records, which another thread may have held.
// 4. A wait that finds no memory for its record goes on without one.
//
// Lock order: a source's lock < the mutex of a shard of the records. So a report, which holds the mutex, only tries a
// source's lock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "braid/runtime/operation.hpp"

namespace braid::detail {

/// One wait, as a report sees it.
struct seen_wait {
  std::uint64_t number;             ///< Of the wait: unique in the process, ascending.
  std::string who;                  ///< "thread 'main' (4711)", "task 'reader' (main.cpp:12)".
  std::string what;                 ///< For several cases: "a, or b". Empty if a source was busy just now.
  std::string others;               ///< The parties that could end it, a line each.
  std::vector<const void*> places;  ///< Return addresses, innermost first; for a coroutine its start.
  bool is_of_thread;
  bool may_be_long;  ///< A timer, or a worker without work: not a mistake.
  std::chrono::steady_clock::time_point since;
};

class wait_registry {
 public:
  /// Relaxed: a wait that begins while it is turned on may be left out.
  static bool is_on() noexcept { return on_.load(std::memory_order_relaxed); }
  static void turn_on() noexcept { on_.store(true); }
  /// Returns the waits in the order in which they began. Throws std::bad_alloc.
  static std::vector<seen_wait> look();

  // For perform.cpp, with the sources' locks held. The caller parks as `me`; as a thread if `where` is null.
  static void begin(performer& me, std::span<operation* const> cases, std::coroutine_handle<> where) noexcept;
  /// Records the stack, from the call that returns to `place` outwards.
  static void set_place(performer& me, const void* place) noexcept;
  static void end(performer& me) noexcept;

 private:
  static inline std::atomic<bool> on_{false};
};

/// Starts the watch that BRAID_STALL_REPORT asks for. Returns true if there is one. Called at the start of the program
/// and at the first wait in the child of a fork. It is defined in inspect/stall_watch.cpp: this call links it into
/// every program that waits, also from a static library.
bool watch_if_environment_says_so() noexcept;

}  // namespace braid::detail
