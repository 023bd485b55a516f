// Starts commands, and knows every process that came from them.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "braid/process/child.hpp"
#include "braid/process/command.hpp"
#include "braid/process/late_output.hpp"
#include "braid/process/process_info.hpp"
#include "braid/process/spawn_error.hpp"

namespace braid::process {

/// Make one per process, before the first child, and let it outlive every child (checked). What it does to its process:
///  - it becomes a child subreaper: orphans of its jobs become its children, are known by job, and are reaped. A
///  program
///    that also starts children by other means keeps them in its own process group (as fork and posix_spawn do by
///    themselves); those are never touched. Any other child is taken for an orphan of a job.
///  - SIGCHLD, if ignored, is set to default, since the kernel throws exit codes away otherwise. No handler is
///  installed.
///  - one thread waits for ends (see watcher.hpp), all signals blocked in it; it sleeps untimed when there is nothing
///  to
///    wait for, and wakes once a second while jobs or orphans live, to reap orphans.
///  - the environment is copied once, here: later setenv calls do not reach the children.
/// fork: in the child of a fork, which has no watcher thread, a use of the launcher or of its children ends the program
/// with a sentence; their destructors do nothing there.
/// SIGPIPE: children get the default disposition; ours is not changed.
///
/// Every child gets: its own process group; an empty signal mask; default dispositions (but SIGHUP stays ignored if it
/// is, so nohup reaches through); only the three descriptors of its command and those of ours that are not CLOEXEC; the
/// variable BRAID_JOB, by which its descendants are known.
class launcher {
 public:
  /// Throws std::system_error if the kernel lacks something (pidfd_open: Linux 5.3).
  launcher();
  ~launcher();
  launcher(const launcher&) = delete;
  launcher& operator=(const launcher&) = delete;

  /// Starts a command; returns once its program runs. Throws spawn_error. Any thread, also many at once.
  /// Uses one descriptor per child. PATH is searched once per name and again when the file found is gone.
  /// Price: posix_spawn (the caller sleeps until exec), three small system calls.
  /// The end of an `attended` child is waited for by one thread of the caller, by capture::attend or child::wait, not
  /// by ours; that saves each child two switches of threads.
  [[nodiscard]] child start(const command& what, bool attended = false);

  /// Open files and threads of this program, beyond those of its jobs.
  static constexpr unsigned own_descriptors = 64;

  /// Lets this process have `count` descriptors for its jobs (a captured one takes five, and two more while it is
  /// started): raises the soft limit as far as the hard limit goes and says whether that is enough. Children get the
  /// old soft limit back, by prlimit just after their exec, so the first instructions of a child may see the raised
  /// one.
  bool reserve_descriptors(unsigned count);

  /// Takes a pipe of a child that has ended (capture::give_out, give_err): it is read and its bytes are dropped. `tell`
  /// is called once, when the pipe ends or is given up; it must be short and must not call the launcher. At most 256
  /// pipes, fewer where the limit of descriptors is tight; one more gives up the oldest.
  void drain_late(descriptor pipe, std::function<void(const late_bytes&)> tell);
  /// Gives up every such pipe, after a last look. No `tell` runs once it returns.
  void end_late();

  /// `tell` is called, within about a second, when the terminal has stopped a child, which as a background job may not
  /// read it: with the child's pid and SIGTTIN or SIGTTOU. True: it was told; false: ask again in a second, the caller
  /// does not know this child yet. On a thread of the launcher; it must be short and must not call back. An empty one
  /// ends the calls before this returns.
  void on_terminal_stop(std::function<bool(pid_t, int)> tell);

  /// False where there is no /proc of our own processes. Then only a child and its process group can be found,
  /// signalled and killed; nothing is known of leftovers.
  bool sees_processes() const;

  /// Living descendants of jobs that cannot be attributed to one job (see job_table.hpp).
  std::vector<process_info> strays();

  /// SIGKILL to every descendant of this process but its own other children: all jobs, their orphans, and strays.
  /// What a stopped run calls last: nothing survives it. Children's statuses are still to be waited for.
  kill_report kill_everything();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace braid::process
