// Starts commands and knows every process that descends from them.
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

/// Make one per process, before the first child, and let it outlive every child (checked). Its effects on its process:
/// - It becomes a child subreaper: orphans of its jobs become its children, are known by job, and are reaped. A program
///   that also starts children by other means keeps them in its own process group (as fork and posix_spawn do by
///   themselves); those are never touched. Any other child is taken for an orphan of a job.
/// - SIGCHLD, if ignored, is set to default, since the kernel throws exit codes away otherwise. Installs no handler.
/// - One thread waits for ends (see watcher.hpp), with all signals blocked. It sleeps untimed when there is nothing to
///   wait for, and wakes once a second while jobs or orphans live, to reap orphans.
/// - The environment is copied once, here: later setenv calls do not reach the children.
///
/// fork: the child of a fork has no watcher thread. There, a use of the launcher or of its children ends the program
/// with a message; their destructors do nothing.
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

  /// Starts a command; returns once its program runs. Throws spawn_error. Any thread, also many at once. Uses one
  /// descriptor per child. PATH is searched once per name, and again when the file found is gone. Price: posix_spawn
  /// (the caller sleeps until exec), three small system calls.
  /// One thread of the caller, not ours, waits for the end of an `attended` child, with capture::attend or child::wait.
  /// That saves two thread switches per child.
  [[nodiscard]] child start(const command& what, bool attended = false);

  /// Open files and threads of this program, beyond those of its jobs.
  static constexpr unsigned own_descriptors = 64;

  /// Lets this process have `count` descriptors for its jobs (a captured one takes five, and two more while it is
  /// started). Raises the soft limit as far as the hard limit allows, and returns true if that is enough. Children get
  /// the old soft limit back. With posix_spawn that happens just after their exec, so the first instructions of a child
  /// may see the raised one.
  bool reserve_descriptors(unsigned count);

  /// Takes a pipe of a child that has ended (capture::give_out, give_err), reads it and drops its bytes. Calls `tell`
  /// once, when the pipe ends or is given up; `tell` must be short and must not call the launcher. At most 256 pipes,
  /// fewer if the limit of descriptors is tight; one more gives up the oldest.
  void drain_late(descriptor pipe, std::function<void(const late_bytes&)> tell);
  /// Gives up every such pipe, after a last look. No `tell` runs once it returns.
  void end_late();

  /// Calls `tell`, within about a second, when the terminal has stopped a child, which as a background job may not read
  /// it. Passes the child's pid and SIGTTIN or SIGTTOU. `tell` returns true if it has reported the stop. If it does not
  /// know this child yet it returns false, and is called again in a second. It runs on a thread of the launcher, must
  /// be short and must not call back. An empty one ends the calls before this returns.
  void on_terminal_stop(std::function<bool(pid_t, int)> tell);

  /// Returns false if there is no /proc of our own processes. Then only a child and its process group can be found,
  /// signalled and killed, and leftovers are not known.
  bool sees_processes() const;

  /// Returns the living descendants of jobs that cannot be attributed to one job (see descendant_table.hpp).
  std::vector<process_info> strays();

  /// Sends SIGKILL to every descendant of this process except its own other children: all jobs, their orphans, and
  /// strays. The last call of a stopped run: nothing survives it. Children's statuses are still to be waited for.
  kill_report kill_everything();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace braid::process
