#include "braid/process/descendant_table.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <random>
#include <shared_mutex>
#include <unordered_map>

#include "braid/process/job.hpp"

namespace braid::process::detail {
namespace {

constexpr char variable[] = "BRAID_JOB";
constexpr int most_rounds = 8;  // looks at a table that changes

std::string random_mark() {
  std::random_device device;
  const std::uint64_t bits = (static_cast<std::uint64_t>(device()) << 32) | device();
  char text[16];
  const auto end = std::to_chars(text, text + sizeof text, bits, 16).ptr;
  return std::string(text, end) + "_";
}

std::string inherited_mark() {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? std::string(value) + ":" : std::string();
}

// Returns true if there was one to reap.
bool reap_if_ended(pid_t pid) noexcept {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid == pid;
}

void keep_living(std::vector<process_entry>& entries) {
  std::erase_if(entries, [](const process_entry& entry) { return !entry.alive(); });
}

}  // namespace

descendant_table::descendant_table()
    : self_(::getpid()),
      own_group_(::getpgrp()),
      own_session_(::getsid(0)),
      inherited_(inherited_mark()),
      mark_(random_mark()) {}

std::string descendant_table::mark_of(std::uint64_t number) const {
  return inherited_ + mark_ + std::to_string(number);
}

descendant_table::place descendant_table::make_place() {
  std::map<pid_t, job_number> one{{0, 0}};
  return one.extract(one.begin());
}

void descendant_table::add(job& started, place at) noexcept {
  at.key() = started.pid();
  at.mapped() = started.number();
  const std::lock_guard guard(lock_);
  jobs_.insert(std::move(at));
}

void descendant_table::remove(job& ended) noexcept {
  const std::lock_guard guard(lock_);
  reap_if_ended(ended.pid());
  jobs_.erase(ended.pid());
}

void descendant_table::disown(const job& running) noexcept {
  const std::lock_guard guard(lock_);
  jobs_.erase(running.pid());
  orphans_[running.pid()] = {running.number(), running.pid(), own_session_};
}

std::vector<std::pair<pid_t, int>> descendant_table::stopped_by_terminal() {
  const std::lock_guard guard(lock_);
  std::vector<std::pair<pid_t, int>> stopped;
  for (const auto& [pid, number] : jobs_) {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid), &info, WSTOPPED | WNOHANG | WNOWAIT) != 0 || info.si_pid != pid)
      continue;
    if (info.si_status == SIGTTIN || info.si_status == SIGTTOU) stopped.emplace_back(pid, info.si_status);
  }
  return stopped;
}

void descendant_table::note_told(pid_t stopped) noexcept {
  const std::lock_guard guard(lock_);
  siginfo_t info{};
  if (jobs_.contains(stopped)) ::waitid(P_PID, static_cast<id_t>(stopped), &info, WSTOPPED | WNOHANG);
}

bool descendant_table::has_jobs() const {
  const std::lock_guard guard(lock_);
  return !jobs_.empty();
}

bool descendant_table::idle() const {
  const std::lock_guard guard(lock_);
  return jobs_.empty() && orphans_.empty();
}

bool descendant_table::all_known(const std::vector<pid_t>& children) const {
  const std::lock_guard guard(lock_);
  return std::all_of(children.begin(), children.end(), [this](pid_t pid) { return known(pid); });
}

void descendant_table::reap_known_orphans() {
  const std::lock_guard guard(lock_);
  std::erase_if(orphans_, [](const auto& each) { return reap_if_ended(each.first); });
}

void descendant_table::sweep() {
  // A process that is reaped has handed its children to us by then, after we looked: so look again. Bounded, because in
  // a chain of processes each may start the next and end.
  for (int rounds = 0; rounds < most_rounds; ++rounds) {
    reap_known_orphans();
    if (all_known(children_.look())) return;
    const std::lock_guard alone(gate_);
    const std::lock_guard guard(lock_);
    bool reaped = false;
    for (const pid_t pid : children_.look())
      if (!known(pid)) reaped = judge(pid) || reaped;
    if (!reaped) return;
  }
}

/// Returns true if the process had ended and was reaped.
bool descendant_table::judge(pid_t unknown) {
  const auto entry = look_up(unknown);
  if (!entry || entry->parent != self_) return false;
  if (!entry->alive()) return entry->group != own_group_ && reap_if_ended(unknown);
  const job_number owner = owner_of(*entry);
  if (owner == nobody && entry->group == own_group_) return false;
  orphans_[unknown] = {owner, entry->group, entry->session};
  return false;
}

descendant_table::job_number descendant_table::owner_of(const process_entry& entry) const {
  if (const auto leader = jobs_.find(entry.group); leader != jobs_.end()) return leader->second;
  if (const job_number owner = owner_by_mark(entry.pid)) return owner;
  if (entry.group == own_group_) return nobody;
  if (const job_number owner = owner_by_leader(entry.group)) return owner;
  if (entry.session != own_session_)
    if (const job_number owner = owner_by_leader(entry.session)) return owner;
  if (const job_number owner = owner_by_sibling(entry)) return owner;
  return only_candidate();
}

descendant_table::job_number descendant_table::owner_by_mark(pid_t pid) const {
  const std::string value = environment_value(pid, variable);
  const std::size_t at = value.find(mark_);
  job_number number = nobody;
  if (at != std::string::npos) std::from_chars(value.data() + at + mark_.size(), value.data() + value.size(), number);
  return number;
}

// Climbs from the leader of a group or session to the child of ours that it descends from.
descendant_table::job_number descendant_table::owner_by_leader(pid_t leader) const {
  constexpr int deepest = 1000;  // a walk over a changing table could go in circles
  for (int depth = 0; depth < deepest; ++depth) {
    const auto entry = look_up(leader);
    if (!entry || entry->pid == self_ || entry->parent == 0) return nobody;
    if (entry->parent == self_) {
      if (const auto job = jobs_.find(leader); job != jobs_.end()) return job->second;
      const auto found = orphans_.find(leader);
      return found != orphans_.end() ? found->second.owner : nobody;
    }
    leader = entry->parent;
  }
  return nobody;
}

descendant_table::job_number descendant_table::owner_by_sibling(const process_entry& entry) const {
  for (const auto& [pid, other] : orphans_) {
    const bool same_session = other.session == entry.session && entry.session != own_session_;
    if (other.group == entry.group || same_session) return other.owner;
  }
  return nobody;
}

descendant_table::job_number descendant_table::only_candidate() const {
  if (jobs_.size() != 1) return nobody;
  const job_number candidate = jobs_.begin()->second;
  const bool alone = std::all_of(orphans_.begin(), orphans_.end(),
                                 [candidate](const auto& each) { return each.second.owner == candidate; });
  return alone ? candidate : nobody;
}

std::vector<pid_t> descendant_table::orphans_of(job_number owner) const {
  const std::lock_guard guard(lock_);
  std::vector<pid_t> pids;
  for (const auto& [pid, each] : orphans_)
    if (each.owner == owner) pids.push_back(pid);
  return pids;
}

std::vector<process_entry> descendant_table::living_tree(const std::vector<pid_t>& roots) const {
  auto members = subtree(all_processes(), roots);
  keep_living(members);
  return members;
}

std::vector<process_entry> descendant_table::tree_of(const job& owner) {
  sweep();
  std::vector<pid_t> roots = orphans_of(owner.number());
  roots.push_back(owner.pid());
  return living_tree(roots);
}

std::vector<process_entry> descendant_table::leftovers_of(const job& owner) {
  sweep();
  std::vector<pid_t> roots = orphans_of(owner.number());
  std::vector<process_entry> members;
  for (int rounds = 0; rounds < most_rounds && !roots.empty(); ++rounds) {
    members = living_tree(roots);
    sweep();
    auto now = orphans_of(owner.number());
    if (now == roots) break;
    roots = std::move(now);
    members.clear();
  }
  return members;
}

std::vector<process_entry> descendant_table::strays() {
  sweep();
  const std::vector<pid_t> roots = orphans_of(nobody);
  return roots.empty() ? std::vector<process_entry>{} : living_tree(roots);
}

std::vector<process_entry> descendant_table::everything() {
  sweep();
  const std::vector<process_entry> all = all_processes();
  std::vector<pid_t> roots;
  {
    const std::lock_guard guard(lock_);
    for (const process_entry& entry : all)
      if (entry.parent == self_ && (known(entry.pid) || entry.group != own_group_)) roots.push_back(entry.pid);
  }
  auto members = subtree(all, roots);
  keep_living(members);
  return members;
}

std::vector<process_entry> subtree(const std::vector<process_entry>& all, const std::vector<pid_t>& roots) {
  std::unordered_map<pid_t, const process_entry*> by_pid;
  std::unordered_multimap<pid_t, const process_entry*> by_parent;
  for (const process_entry& entry : all) {
    by_pid.emplace(entry.pid, &entry);
    by_parent.emplace(entry.parent, &entry);
  }
  std::vector<process_entry> found;
  // Each entry is removed from by_pid when it is taken, so a table read while it changed cannot make a circle.
  const auto take = [&](pid_t pid) {
    if (const auto entry = by_pid.find(pid); entry != by_pid.end()) {
      found.push_back(*entry->second);
      by_pid.erase(entry);
    }
  };
  for (const pid_t root : roots) take(root);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [first, last] = by_parent.equal_range(found[i].pid);
    for (auto child = first; child != last; ++child) take(child->second->pid);
  }
  return found;
}

std::vector<process_info> summary(std::vector<process_entry> entries) {
  std::sort(entries.begin(), entries.end(), [](const process_entry& a, const process_entry& b) {
    return a.start_time != b.start_time ? a.start_time < b.start_time : a.pid < b.pid;
  });
  std::vector<process_info> result;
  for (process_entry& entry : entries) result.push_back({entry.pid, std::move(entry.name)});
  return result;
}

}  // namespace braid::process::detail
