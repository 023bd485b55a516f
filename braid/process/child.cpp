#include "braid/process/child.hpp"

#include <signal.h>

#include "braid/process/job.hpp"
#include "braid/process/job_table.hpp"
#include "braid/process/tree_kill.hpp"
#include "braid/process/watcher.hpp"

namespace braid::process {

void detail::job_ender::operator()(job* ended) const noexcept {
  if (!ended->ended().status()) {
    kill_until_none([ended] { return ended->table().tree_of(*ended); }, ended->pid());
    ended->watched_by().wait_for_end_of(*ended);
  }
  ended->table().remove(*ended);
  delete ended;
}

child::child(std::unique_ptr<detail::job, detail::job_ender> started) noexcept : job_(std::move(started)) {}

pid_t child::pid() const noexcept {
  return job_->pid();
}

detail::exit_wait child::exited() & noexcept {
  return {job_->ended(), job_->pid()};
}

exit_status child::wait() {
  return job_->watched_by().wait_for_end_of(*job_);
}

std::optional<exit_status> child::status() const noexcept {
  return job_->ended().status();
}

int child::signal_tree(int signal) {
  std::vector<detail::process_entry> tree = job_->table().tree_of(*job_);
  const int all = static_cast<int>(tree.size());
  // The group in one call, so that nobody in it can fork away in between; the rest one by one.
  const bool whole_group = ::kill(-job_->pid(), signal) == 0;
  if (whole_group) std::erase_if(tree, [this](const auto& each) { return each.group == job_->pid(); });
  return all - static_cast<int>(tree.size()) + detail::signal_each(tree, signal);
}

kill_report child::kill_tree() {
  return detail::kill_until_none([this] { return job_->table().tree_of(*job_); }, job_->pid());
}

std::vector<process_info> child::leftovers() {
  return detail::summary(job_->table().leftovers_of(*job_));
}

}  // namespace braid::process
