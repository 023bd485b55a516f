// One started command, until its end has been seen.
//
// The child stays a zombie of the kernel until this object is destroyed. While the object lives, its pid and its
// process group mean this job and no other, so no signal can hit a stranger.
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
/// Its *tree* is the child and all its descendants, including those that left its process group or session, and those
/// whose parent has ended. descendant_table.hpp says how a process is attributed to its job, and what escapes that.
///
/// Thread rule: while no thread moves or destroys it, any thread may call any member. If two threads kill or signal at
/// once, one of them may count processes that the other killed. Moving is cheap and does not affect operations on it.
class child {
 public:
  explicit child(std::unique_ptr<detail::job, detail::job_ender> started) noexcept;
  child(child&&) noexcept = default;
  child& operator=(child&&) noexcept = default;

  /// If the child still runs, kills the whole tree and waits for the child's end. If it has ended, reaps it and leaves
  /// its leftovers alone. Does not throw.
  ~child() = default;

  pid_t pid() const noexcept;

  /// Returns an operation that is ready once the child has ended, and gives its exit_status. Descendants may live on.
  /// Can be a case of select. Borrows the child. Not for an attended child (checked).
  detail::exit_wait exited() & noexcept BRAID_LIFETIMEBOUND;
  detail::exit_wait exited() && = delete;

  /// For the caller that attends the child (launcher::start): a pidfd, readable for poll() once the child has ended.
  int handle() const noexcept;

  /// Returns once every start that is under way now has reached its exec or failed, or the time has passed. From then
  /// on only this child's tree holds the descriptors that the child was given, if ours are closed and all commands have
  /// closed_early. Without closed_early the kernel closes a copy shortly after it has let the starter continue.
  void wait_for_starts(std::chrono::steady_clock::time_point until);

  /// Blocks this thread until the child has ended, whatever happens to the task's context: for clean-up.
  exit_status wait();

  /// Returns nothing while the child runs.
  std::optional<exit_status> status() const noexcept;

  /// Sends a signal to the whole tree, once. Also works after the end, for leftovers. A stopped process acts on SIGTERM
  /// only after SIGCONT. Price: one walk of /proc.
  signal_report signal_tree(int signal);

  /// Sends SIGKILL to the whole tree, again and again until two walks of /proc in a row find nothing alive. Waits for
  /// each process to be gone, at most 5 s in all. The child itself is then a zombie, and `wait` gives its status. Also
  /// after the end, for leftovers. Without /proc, reaches only the child's process group. Price: a few walks of /proc.
  kill_report kill_tree();

  /// Call after the end. Returns the descendants that still live, oldest first, and further processes that can write
  /// into the pipe with the inode `held_pipe` (0 if none is held). Leaves them alone. Price when there are none: one
  /// small read of /proc.
  std::vector<process_info> leftovers(ino_t held_pipe = 0);

  /// Returns the living part of the tree, including the child. Price: a walk of /proc.
  std::vector<process_info> living();

  /// Gives up an attended child that cannot be killed. The child is reaped when it ends, if this program still runs
  /// then. Leaves this object empty.
  void abandon() noexcept;

 private:
  std::unique_ptr<detail::job, detail::job_ender> job_;
};

}  // namespace braid::process
