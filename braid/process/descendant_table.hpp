// Every child and every orphan of this process, and the job that each belongs to.
//
// As a subreaper we inherit each descendant whose parent ends. The job of such an orphan is decided once, when it is
// first seen, by the first of these rules that answers:
//   a. its process group is that of a job's child;
//   b. its environment carries BRAID_JOB, in which the launcher put the job's number (nested launchers append theirs,
//      separated by ':', so an outer one knows the orphans of an inner one that was killed);
//   c. the leader of its group or session still lives in a job's tree, or a job's orphan has the same group or session;
//   d. only one job runs, and no orphan of another is alive.
// A descendant of an orphan, or of a child, belongs to that job without a further look. A process escapes if it dropped
// its environment *and* left its group *and* its session *and* its parents are all gone, while several jobs run. It is
// a stray: launcher::strays names it, rules a-c never misattribute it, and launcher::kill_everything kills it. A
// process in a container or started by a service on request (docker, systemd-run, at) is not a descendant.
//
// 1. jobs_ holds a child from before start_gate is left until it is reaped; both under the gate or lock_.
// 2. orphans_ holds children of ours that only `sweep` reaps; so a number in it cannot mean another process.
// 3. An unknown child is judged only while the gate is held alone. No start is half-way then, so it is an orphan, or a
//    child that the program made by other means. The latter is in our own process group and is left alone.
// Lock order: gate, then lock_. Neither is held while user code or another lock of braid runs.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "braid/process/proc_snapshot.hpp"
#include "braid/process/process_info.hpp"
#include "braid/process/start_gate.hpp"

namespace braid::process::detail {

class job;

/// Thread rule: any thread for every member.
class descendant_table {
 public:
  descendant_table();

  /// Returns the value of BRAID_JOB for a job: our inherited value, if any, then this launcher's mark and the number.
  std::string mark_of(std::uint64_t number) const;

  start_gate& gate() noexcept { return gate_; }

  /// Returns room for a child: made before its start, so that a child that runs can be added for sure.
  using place = std::map<pid_t, std::uint64_t>::node_type;
  [[nodiscard]] static place make_place();
  /// Requires that the caller has held the gate shared since before the start.
  void add(job& started, place at) noexcept;

  /// Reaps and forgets a child whose end was seen.
  void remove(job& ended) noexcept;

  /// Turns a child that still runs into an orphan.
  void disown(const job& running) noexcept;

  /// Reaps orphans that have ended; finds and attributes new ones, including those that result from the reaping. Price
  /// when there are none: one small read.
  void sweep();

  /// Returns the jobs' children that the terminal has stopped, with the signal (SIGTTIN, SIGTTOU), until note_told().
  std::vector<std::pair<pid_t, int>> stopped_by_terminal();
  /// Consumes the report of that stop; the child itself stays as it is.
  void note_told(pid_t stopped) noexcept;

  bool has_jobs() const;
  bool idle() const;

  /// Returns the living part of a job's tree, including its child. Sweeps first. Price: a walk of /proc.
  std::vector<process_entry> tree_of(const job& owner);

  /// Like tree_of without the child; cheap if the job left no orphan. Looks again if a process ended meanwhile, whose
  /// own children thereby became ours.
  std::vector<process_entry> leftovers_of(const job& owner);

  /// Returns living orphans without a job, and their descendants.
  std::vector<process_entry> strays();

  /// Returns all living descendants except the program's other children.
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
  const std::string inherited_;  // our own BRAID_JOB
  const std::string mark_;       // random, ours alone
  const child_list children_;
  start_gate gate_;
  mutable std::mutex lock_;  // guards jobs_ and orphans_
  std::map<pid_t, job_number> jobs_;
  std::map<pid_t, orphan> orphans_;
};

/// Returns the entries that are one of `roots` or descend from one.
std::vector<process_entry> subtree(const std::vector<process_entry>& all, const std::vector<pid_t>& roots);

/// Returns names and numbers alone, oldest first.
std::vector<process_info> summary(std::vector<process_entry> entries);

}  // namespace braid::process::detail
