#include "braid/process/tree_kill.hpp"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "braid/process/descendant_table.hpp"
#include "braid/process/spawn.hpp"

namespace braid::process::detail {
namespace {

using clock = std::chrono::steady_clock;
using identity = std::pair<pid_t, std::uint64_t>;

constexpr std::chrono::seconds patience{5};
constexpr int clean_looks = 2;

identity identity_of(const process_entry& entry) {
  return {entry.pid, entry.start_time};
}

// Returns 0, or why it was not signalled; ESRCH if it is gone. `handle` stays open, so that the caller can wait on it.
int signal_exactly(const process_entry& target, int signal, descriptor& handle) {
  handle = open_process(target.pid);
  const int open_error = handle ? 0 : errno;
  if (open_error == ESRCH) return ESRCH;
  const auto now = look_up(target.pid);
  if (!now || now->start_time != target.start_time) return ESRCH;
  if (open_error == 0) return signal_process(handle, signal);
  // No descriptor is left: signal by number, a moment after the check.
  return ::kill(target.pid, signal) == 0 ? 0 : errno;
}

void wait_until_gone(const std::vector<descriptor>& handles, clock::time_point deadline) {
  std::vector<pollfd> waiting;
  for (const descriptor& handle : handles)
    if (handle) waiting.push_back({handle.get(), POLLIN, 0});
  // A process without a handle can only be given time.
  if (waiting.size() < handles.size() || waiting.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  while (!waiting.empty() && clock::now() < deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) < 0 && errno != EINTR) return;
    std::erase_if(waiting, [](const pollfd& each) { return each.revents != 0; });
  }
}

class killer {
 public:
  killer(const std::function<std::vector<process_entry>()>& living, pid_t group) : living_(living), group_(group) {}

  kill_report run() {
    std::vector<process_entry> found;
    for (int clean = 0; clean < clean_looks;) {
      found = living_();
      std::erase_if(found, [this](const process_entry& each) { return refused_.contains(identity_of(each)); });
      if (!found.empty() && clock::now() >= deadline_) break;
      clean = found.empty() ? clean + 1 : 0;
      if (!found.empty()) kill_all(found);
      if (found.empty() && group_ != 0) ::kill(-group_, SIGKILL);
    }
    return report(living_());
  }

 private:
  void kill_all(const std::vector<process_entry>& found) {
    std::vector<descriptor> handles;
    const bool group_is_hit = group_ != 0 && ::kill(-group_, SIGKILL) == 0;
    for (const process_entry& each : found) {
      descriptor handle;
      const int error = signal_exactly(each, SIGKILL, handle);
      if (error == 0 || (error == ESRCH && group_is_hit && each.group == group_)) {
        killed_.insert(identity_of(each));
        handles.push_back(std::move(handle));
      } else if (error != ESRCH) {
        refused_.emplace(identity_of(each), error);
      }
    }
    if (!handles.empty()) wait_until_gone(handles, deadline_);
  }

  kill_report report(std::vector<process_entry> alive) {
    kill_report result;
    for (const process_entry& each : alive) {
      killed_.erase(identity_of(each));
      const auto refused = refused_.find(identity_of(each));
      result.survivors.push_back({{each.pid, each.name}, refused != refused_.end() ? refused->second : 0});
    }
    result.killed = static_cast<int>(killed_.size());
    return result;
  }

  const std::function<std::vector<process_entry>()>& living_;
  const pid_t group_;
  const clock::time_point deadline_ = clock::now() + patience;
  std::set<identity> killed_;
  std::map<identity, int> refused_;  // with the errno
};

}  // namespace

kill_report kill_until_none(const std::function<std::vector<process_entry>()>& living, pid_t group) {
  return killer(living, group).run();
}

signal_report signal_each(const std::vector<process_entry>& targets, int signal) {
  signal_report report;
  for (const process_entry& each : targets) {
    descriptor handle;
    const int error = signal_exactly(each, signal, handle);
    if (error == 0) ++report.reached;
    if (error != 0 && error != ESRCH) report.refused.push_back({each.pid, each.name});
  }
  return report;
}

}  // namespace braid::process::detail
