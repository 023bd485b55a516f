// The one thread that notices the ends of children, and reads what comes after them (late_output.hpp).
//
// 1. A job whose child is not over by then is in epoll from `watch` on, and comes out of it once (EPOLLONESHOT): then
//    the thread calls job::finish, after which it never touches the job. To close the pidfd alone would not do: between
//    clone and exec another child holds a copy of it, and epoll keeps an entry, here a disarmed one, until the last
//    copy is closed.
// 2. The thread waits with a limit of one second while the table holds jobs or orphans, and untimed once it has been
//    idle for a second; resting_ says which, and `watch` wakes an untimed wait through wake_.
// Rules of the thread: all signals blocked, so no handler of the program runs here; EINTR is retried; it writes to no
// pipe, so SIGPIPE cannot arise; it does not exist in a forked copy.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "braid/base/home_process.hpp"
#include "braid/process/descriptor.hpp"
#include "braid/process/exit_status.hpp"
#include "braid/process/late_output.hpp"

namespace braid::process::detail {

class job;
class job_table;

class watcher {
 public:
  /// Throws std::system_error without epoll, eventfd or thread.
  explicit watcher(job_table& table);
  /// Nothing may be watched any more.
  ~watcher();
  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;

  /// Returns true in the child of a fork, which has no such thread; its jobs are the parent's.
  bool has_lost_thread() const noexcept { return !home_.is_here(); }
  /// Ends the program with a sentence if so.
  void check_thread() const noexcept;

  /// The job is finished once: here if its child is over by now, which spares the thread a round, else by the thread.
  /// 0, or ETIMEDOUT where memory was lacking for watch_patience; then it is not watched. Any thread.
  int watch(job& started) noexcept;

  /// Orphans are swept for while an attended job lives, as for a watched one. Any thread.
  void note_start() noexcept;

  /// Blocks the calling thread, not the watcher's own, until job::finish was called. No operation: no context ends it.
  exit_status wait_for_end_of(job& watched);

  late_output& late() noexcept { return late_; }

  /// Called on the watcher's thread, within about a second of the stop. Empty: no calls any more, once this returns.
  void on_terminal_stop(std::function<bool(pid_t, int)> tell);

 private:
  const braid::detail::home_process home_;
  void run() noexcept;
  void handle_events(int timeout_ms) noexcept;
  void tell_stops();
  void wake() noexcept;

  job_table& table_;
  late_output late_;
  descriptor poll_;
  descriptor wake_;
  std::atomic<bool> resting_{false};
  std::atomic<bool> stop_{false};
  std::mutex ended_lock_;  // covers no data: taken between an end and the notice of it, so that none is missed
  std::condition_variable some_ended_;
  std::mutex tell_lock_;  // covers tell_stop_ and its calls
  std::function<bool(pid_t, int)> tell_stop_;
  std::thread thread_;
};

}  // namespace braid::process::detail
