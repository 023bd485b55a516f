// The one thread that notices the ends of children and reads late output (late_output.hpp).
//
// 1. A job whose child has not ended when `watch` is called is in epoll from then on, and comes out of it once
//    (EPOLLONESHOT). Then the thread calls job::finish, after which it never touches the job. To close the pidfd alone
//    is not enough: between clone and exec another child holds a copy of it, and epoll keeps an entry, here a disarmed
//    one, until the last copy is closed.
// 2. The thread waits with a limit of one second while the table holds jobs or orphans, and untimed once it has been
//    idle for a second. resting_ says which, and `watch` wakes an untimed wait through wake_.
// Rules of the thread: all signals are blocked, so no handler of the program runs here; EINTR is retried; it writes to
// no pipe, so SIGPIPE cannot arise; it does not exist in a forked copy.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "braid/base/descriptor.hpp"
#include "braid/base/home_process.hpp"
#include "braid/process/exit_status.hpp"
#include "braid/process/late_output.hpp"

namespace braid::process::detail {

class job;
class descendant_table;

class watcher {
 public:
  /// Throws std::system_error if epoll, eventfd or a thread is not available.
  explicit watcher(descendant_table& table);
  /// Requires that nothing is watched any more.
  ~watcher();
  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;

  /// Returns true in the child of a fork, which has no such thread; its jobs belong to the parent.
  bool has_lost_thread() const noexcept { return !home_.is_here(); }
  /// Ends the program with a message if has_lost_thread().
  void check_thread() const noexcept;

  /// Ensures that the job is finished once: here if its child has ended, which saves the thread a round, else by the
  /// thread. Returns 0, or ETIMEDOUT if memory was lacking for watch_patience: then it is not watched. Any thread.
  int watch(job& started) noexcept;

  /// Keeps the sweeps for orphans going while an attended job lives, as for a watched one. Any thread.
  void note_start() noexcept;

  /// Blocks the calling thread, not the watcher's own, until job::finish has run. Not an operation: no context ends it.
  exit_status wait_for_end_of(job& watched);

  late_output& late() noexcept { return late_; }

  /// Sets the function that the watcher's thread calls within about a second of a stop. An empty one ends the calls
  /// before this returns.
  void on_terminal_stop(std::function<bool(pid_t, int)> tell);

 private:
  const braid::detail::home_process home_;
  void run() noexcept;
  void handle_events(int timeout_ms) noexcept;
  void tell_stops();
  void wake() noexcept;

  descendant_table& table_;
  late_output late_;
  descriptor poll_;
  descriptor wake_;
  std::atomic<bool> resting_{false};
  std::atomic<bool> stop_{false};
  std::mutex ended_lock_;  // guards no data: taken between an end and its notification, so that none is missed
  std::condition_variable some_ended_;
  std::mutex tell_lock_;  // guards tell_stop_ and its calls
  std::function<bool(pid_t, int)> tell_stop_;
  std::thread thread_;
};

}  // namespace braid::process::detail
