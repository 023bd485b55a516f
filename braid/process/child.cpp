#include "braid/process/child.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "braid/base/check.hpp"
#include "braid/process/descendant_table.hpp"
#include "braid/process/job.hpp"
#include "braid/process/tree_kill.hpp"
#include "braid/process/watcher.hpp"

namespace braid::process {

void detail::job_ender::operator()(job* ended) const noexcept {
  if (ended->watched_by().has_lost_thread()) return;  // a copy in the child of a fork: the job belongs to the parent
  if (!ended->ended().status()) {
    try {
      kill_until_none([ended] { return ended->table().tree_of(*ended); }, ended->pid());
    } catch (const std::bad_alloc&) {  // no memory to look for the tree: at least its process group
      ::kill(-ended->pid(), SIGKILL);
    }
    ended->wait_for_end();
  }
  ended->table().remove(*ended);
  delete ended;
}

child::child(std::unique_ptr<detail::job, detail::job_ender> started) noexcept : job_(std::move(started)) {}

pid_t child::pid() const noexcept {
  return job_->pid();
}

detail::exit_wait child::exited() & noexcept {
  job_->watched_by().check_thread();
  BRAID_CHECK(!job_->attended(), "exited() of a child that its caller attends; wait for it by capture::attend");
  return {job_->ended(), job_->pid()};
}

int child::handle() const noexcept {
  return job_->handle().get();
}

void child::wait_for_starts(std::chrono::steady_clock::time_point until) {
  detail::start_gate& gate = job_->table().gate();
  if (gate.try_lock_until(until)) gate.unlock();
}

exit_status child::wait() {
  return job_->wait_for_end();
}

std::optional<exit_status> child::status() const noexcept {
  return job_->ended().status();
}

signal_report child::signal_tree(int signal) {
  job_->watched_by().check_thread();
  std::vector<detail::process_entry> tree = job_->table().tree_of(*job_);
  // Signals the group in one call, so that no member can fork away in between, and the rest one by one. That call does
  // not report members that it could not reach.
  const bool whole_group = ::kill(-job_->pid(), signal) == 0;
  if (!whole_group) return detail::signal_each(tree, signal);
  const auto rest =
      std::partition(tree.begin(), tree.end(), [this](const auto& each) { return each.group == job_->pid(); });
  signal_report report = detail::signal_each({rest, tree.end()}, signal);
  for (auto each = tree.begin(); each != rest; ++each) {
    if (::kill(each->pid, 0) != 0 && errno == EPERM) {
      report.refused.push_back({each->pid, each->name});
    } else {
      ++report.reached;
    }
  }
  return report;
}

kill_report child::kill_tree() {
  job_->watched_by().check_thread();
  return detail::kill_until_none([this] { return job_->table().tree_of(*job_); }, job_->pid());
}

std::vector<process_info> child::leftovers(ino_t held_pipe) {
  job_->watched_by().check_thread();
  std::vector<detail::process_entry> found = job_->table().leftovers_of(*job_);
  if (held_pipe != 0) {
    const auto known = [&found](pid_t pid) {
      return std::any_of(found.begin(), found.end(), [pid](const auto& each) { return each.pid == pid; });
    };
    for (auto& holder : detail::writers_of_pipe(held_pipe))
      if (!known(holder.pid)) found.push_back(std::move(holder));
  }
  return detail::summary(std::move(found));
}

std::vector<process_info> child::living() {
  return detail::summary(status() ? job_->table().leftovers_of(*job_) : job_->table().tree_of(*job_));
}

void child::abandon() noexcept {
  BRAID_CHECK(job_->attended(), "abandon() of a child whose end its caller does not attend");
  job_->table().disown(*job_);
  delete job_.release();
}

}  // namespace braid::process
