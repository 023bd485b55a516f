// One started command, until its end has been seen.
//
// The child stays a zombie of the kernel until this object is destroyed: as long as it lives, its pid and its process
// group mean this job and no other, so no signal can hit a stranger.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "braid/process/exit_event.hpp"
#include "braid/process/exit_status.hpp"
#include "braid/process/process_info.hpp"

namespace braid::process {

namespace detail {
class job;
struct job_ender {
  void operator()(job* ended) const noexcept;
};
}  // namespace detail

/// Owner of a started command; made by `launcher::start`, which must outlive it.
///
/// Its *tree* is the child and every process that came from it, also those that left its process group or session, or
/// whose parent is gone. How a process is attributed to its job, and what escapes that, is written in job_table.hpp.
///
/// Thread rule: while no thread moves or destroys it, any thread may call any member; who kills or signals while
/// another thread does makes one of them count what the other killed. Moving is cheap and leaves operations on it
/// alone.
class child {
 public:
  explicit child(std::unique_ptr<detail::job, detail::job_ender> started) noexcept;
  child(child&&) noexcept = default;
  child& operator=(child&&) noexcept = default;

  /// If it still runs: kills the whole tree, waits for its end. If it has ended: reaps it and leaves its leftovers
  /// alone. Does not throw.
  ~child() = default;

  pid_t pid() const noexcept;

  /// An operation that is ready once the child has ended, and gives its exit_status; descendants may live on. A case of
  /// select among others. Borrows the child. Not for one whose end its caller attends (checked).
  detail::exit_wait exited() & noexcept BRAID_LIFETIMEBOUND;
  detail::exit_wait exited() && = delete;

  /// For who attends the child (launcher::start): a pidfd, readable for poll() once the child has ended.
  int handle() const noexcept;

  /// Returns once every start that is under way now has reached its exec or failed, or the time has passed. From then on the descriptors that
  /// this child was given are held by its tree alone, if ours are closed and all commands have closed_early: without it
  /// the kernel closes a copy shortly after it has let the starter go on.
  void wait_for_starts(std::chrono::steady_clock::time_point until);

  /// Blocks this thread until the child has ended, whatever becomes of the task's context: for clean-up.
  exit_status wait();

  /// Nothing while it runs.
  std::optional<exit_status> status() const noexcept;

  /// Sends a signal to the whole tree, once. Also after the end, for leftovers. A stopped process acts on SIGTERM only
  /// after SIGCONT. Price: one walk of /proc.
  signal_report signal_tree(int signal);

  /// SIGKILL to the whole tree, again and again until two walks of /proc in a row find nothing alive; waits for each
  /// to be gone, at most 5 s in all. The child itself is then a zombie and `wait` gives its status. Also after the end,
  /// for leftovers. Without /proc it reaches the child's process group alone. Price: a few walks of /proc.
  kill_report kill_tree();

  /// After the end: descendants that still live, oldest first, and further processes that can write into the pipe with the
  /// inode `held_pipe` (0: none is held). They are left alone. Price when there are none: one small read of /proc.
  std::vector<process_info> leftovers(ino_t held_pipe = 0);

  /// The living part of the tree, the child included. Price: a walk of /proc.
  std::vector<process_info> living();

  /// Gives up a child whose end its caller attends and that cannot be killed. It is reaped when it ends, if this
  /// program lives so long. This object is empty then.
  void abandon() noexcept;

 private:
  std::unique_ptr<detail::job, detail::job_ender> job_;
};

}  // namespace braid::process
