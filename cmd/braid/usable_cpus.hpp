// How many CPUs this process may really use.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace braid::cmd {

/// The CPUs of our affinity mask, capped by the cgroup's quota, rounded up. At least 1. Reads two small files.
[[nodiscard]] std::size_t usable_cpus();

/// CPUs that the text of a cgroup's cpu.max allows ("150000 100000": 2); nothing where it sets no limit.
[[nodiscard]] std::optional<std::size_t> cpus_of_quota(std::string_view cpu_max);

}  // namespace braid::cmd
