#include "braid/process/process_limit.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "braid/base/descriptor.hpp"

namespace braid::process {
namespace {

/// Returns the first few KB of a small file; empty if it cannot be read.
std::string text_of(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> text{};
  const auto got = file ? ::read(file.get(), text.data(), text.size()) : -1;
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

std::size_t left_below(std::size_t limit, std::size_t used) {
  return limit - std::min(limit, used);
}

/// Counts the tasks whose real user is `user`.
std::size_t tasks_of(uid_t user) {
  const std::unique_ptr<DIR, int (*)(DIR*)> all(::opendir("/proc"), ::closedir);
  std::size_t tasks = 0;
  while (const dirent* each = all ? ::readdir(all.get()) : nullptr) {
    if (each->d_name[0] < '1' || each->d_name[0] > '9') continue;
    const auto status = text_of(std::string("/proc/") + each->d_name + "/status");
    if (!status.empty() && detail::status_number(status, "Uid:") == user) {
      tasks += std::max<std::size_t>(1, detail::status_number(status, "Threads:"));
    }
  }
  return tasks;
}

std::optional<process_limit> user_limit(std::size_t wanted) {
  rlimit limit{};
  const uid_t user = ::getuid();
  if (user == 0 || ::getrlimit(RLIMIT_NPROC, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  if (limit.rlim_cur >= 4 * wanted + 1024) return std::nullopt;
  return process_limit{left_below(limit.rlim_cur, tasks_of(user)), "ulimit -u " + std::to_string(limit.rlim_cur)};
}

/// Returns the nearest limit of our own cgroup and those above it, as far as they are mounted.
std::optional<process_limit> cgroup_limit() {
  const auto all = text_of("/proc/self/cgroup");
  const auto at = all.rfind("0::/");
  if (at == std::string::npos) return std::nullopt;
  std::string path = all.substr(at + 3, all.find('\n', at) - at - 3);
  std::optional<process_limit> nearest;
  for (;;) {
    if (path == "/") path.clear();
    const auto most = detail::number_of(text_of("/sys/fs/cgroup" + path + "/pids.max"));
    const auto used = detail::number_of(text_of("/sys/fs/cgroup" + path + "/pids.current"));
    if (most && used && (!nearest || left_below(*most, *used) < nearest->left)) {
      nearest = {left_below(*most, *used), "pids.max " + std::to_string(*most) + " of the cgroup"};
    }
    if (path.empty()) return nearest;
    path.erase(path.rfind('/'));
  }
}

}  // namespace

std::size_t detail::status_number(std::string_view status, std::string_view field) {
  auto at = status.find(field);
  while (at != std::string_view::npos && at > 0 && status[at - 1] != '\n') at = status.find(field, at + 1);
  if (at == std::string_view::npos) return 0;
  status.remove_prefix(at + field.size());
  status.remove_prefix(std::min(status.find_first_not_of(" \t"), status.size()));
  return number_of(status).value_or(0);
}

std::optional<std::size_t> detail::number_of(std::string_view text) {
  std::size_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return std::nullopt;
  return value;
}

std::optional<process_limit> limit_below(std::size_t wanted) {
  auto nearest = user_limit(wanted);
  const auto grouped = cgroup_limit();
  if (grouped && (!nearest || grouped->left < nearest->left)) nearest = grouped;
  return nearest && nearest->left < wanted ? nearest : std::nullopt;
}

}  // namespace braid::process
