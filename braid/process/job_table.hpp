// Every child and every orphan of this process, and which job each came from.
//
// As a subreaper we inherit each descendant whose parent ends. To which job such an orphan belongs is decided once,
// when it is first seen, by the first of these that answers:
//   a. its process group is that of a job's child;
//   b. its environment carries BRAID_JOB, in which the launcher put the job's number (nested launchers append theirs,
//      separated by ':', so an outer one knows the orphans of an inner one that was killed);
//   c. the leader of its group or session still lives in a job's tree, or an orphan of a job has the same group or
//   session; d. only one job runs, and no orphan of another is alive.
// A descendant of an orphan, or of a child, belongs with it without looking further. What escapes: a process that
// dropped its environment *and* left its group *and* its session *and* whose parents are all gone, while several jobs
// run. It is a stray: named by launcher::strays, never attributed wrongly by a-c, killed by launcher::kill_everything.
// A process in a container or started by a service on request (docker, systemd-run, at) is no descendant at all.
//
// 1. jobs_ holds a child from before start_gate is left until it is reaped; both under the gate or lock_.
// 2. orphans_ holds children of ours that nobody but `sweep` reaps; so a number in it cannot mean another process.
// 3. An unknown child is judged only while the gate is held alone: no start is half-way, so it is an orphan, or a child
// that
//    the program made by other means. The latter is in our own process group and is left alone.
// Lock order: gate, then lock_. Neither is held while user code or another lock of braid runs.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "braid/process/process_info.hpp"
#include "braid/process/process_table.hpp"
#include "braid/process/start_gate.hpp"

namespace braid::process::detail {

class job;

/// Thread rule: any thread for every member.
class job_table {
 public:
  job_table();

  /// The value of BRAID_JOB for a job: our inherited value, if any, and this launcher's mark and the number.
  std::string mark_of(std::uint64_t number) const;

  start_gate& gate() noexcept { return gate_; }

  /// The caller holds the gate shared since before the start.
  void add(job& started);

  /// Reaps a child whose end was seen and forgets it.
  void remove(job& ended) noexcept;

  /// A child that runs on is an orphan from now on.
  void disown(const job& running) noexcept;

  /// Reaps orphans that have ended, and finds and attributes new ones, also those that come of the reaping. Price when
  /// there are none: one small read.
  void sweep();

  /// The jobs' children that the terminal has stopped (SIGTTIN, SIGTTOU), with that signal, until each is noted as told.
  std::vector<std::pair<pid_t, int>> stopped_by_terminal();
  /// Takes the news of that stop; the child itself stays as it is.
  void note_told(pid_t stopped) noexcept;

  bool has_jobs() const;
  bool idle() const;

  /// The living part of a job's tree, its child included. Sweeps first. Price: a walk of /proc.
  std::vector<process_entry> tree_of(const job& owner);

  /// Like tree_of without the child; cheap when the job left no orphan. Asks again where a process ended meanwhile,
  /// whose own children became ours by that.
  std::vector<process_entry> leftovers_of(const job& owner);

  /// Living orphans without a job, and what came from them.
  std::vector<process_entry> strays();

  /// All living descendants but the program's other children.
  std::vector<process_entry> everything();

 private:
  using job_number = std::uint64_t;
  static constexpr job_number nobody = 0;

  struct orphan {
    job_number owner = nobody;
    pid_t group = 0;
    pid_t session = 0;
  };

  bool known(pid_t pid) const { return jobs_.contains(pid) || orphans_.contains(pid); }
  bool all_known(const std::vector<pid_t>& children) const;
  void reap_known_orphans();
  bool judge(pid_t unknown);
  job_number owner_of(const process_entry& entry) const;
  job_number owner_by_mark(pid_t pid) const;
  job_number owner_by_leader(pid_t leader) const;
  job_number owner_by_sibling(const process_entry& entry) const;
  job_number only_candidate() const;
  std::vector<pid_t> orphans_of(job_number owner) const;
  std::vector<process_entry> living_tree(const std::vector<pid_t>& roots) const;

  const pid_t self_;
  const pid_t own_group_;
  const pid_t own_session_;
  const std::string inherited_;  // BRAID_JOB of ourselves
  const std::string mark_;       // random, ours alone
  const child_list children_;
  start_gate gate_;
  mutable std::mutex lock_;  // covers jobs_ and orphans_
  std::map<pid_t, job_number> jobs_;
  std::map<pid_t, orphan> orphans_;
};

/// The entries that are one of `roots` or descend from one.
std::vector<process_entry> subtree(const std::vector<process_entry>& all, const std::vector<pid_t>& roots);

/// Name and number alone, oldest first.
std::vector<process_info> summary(std::vector<process_entry> entries);

}  // namespace braid::process::detail
