#include "braid/runtime/usable_cpus.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <thread>

namespace braid {
namespace {

/// Returns the first few KB of a small file; empty if it cannot be read.
std::string read_small(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::array<char, 4096> text{};
  const auto got = ::read(file, text.data(), text.size());
  ::close(file);
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

/// Returns the path of our own cgroup under the v2 mount, from the line "0::/path".
std::string own_cgroup() {
  const auto all = read_small("/proc/self/cgroup");
  const auto at = all.rfind("0::/");
  if (at == std::string::npos || (at > 0 && all[at - 1] != '\n')) return {};
  const auto path = all.substr(at + 3, all.find('\n', at) - at - 3);
  return path == "/" ? std::string() : path;
}

}  // namespace

std::optional<std::size_t> detail::cpus_of_quota(std::string_view cpu_max) {
  std::uint64_t quota = 0, period = 0;
  const auto* end = cpu_max.data() + cpu_max.size();
  const auto first = std::from_chars(cpu_max.data(), end, quota);
  if (first.ec != std::errc{} || first.ptr == end) return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, period);
  if (second.ec != std::errc{} || period == 0) return std::nullopt;
  return std::max<std::size_t>(1, (quota + period - 1) / period);
}

std::size_t usable_cpus() {
  cpu_set_t set;
  const int count = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
  const auto cpus = count > 0 ? static_cast<std::size_t>(count) : std::max(1U, std::thread::hardware_concurrency());
  const auto quota = detail::cpus_of_quota(read_small("/sys/fs/cgroup" + own_cgroup() + "/cpu.max"));
  return std::min(cpus, quota.value_or(cpus));
}

std::size_t usable_cpus_at_first() {
  static const std::size_t counted_once = usable_cpus();
  return counted_once;
}

}  // namespace braid
