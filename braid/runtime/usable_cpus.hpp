// How many CPUs this process may use.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace braid {

/// Returns the number of CPUs that sched_setaffinity leaves, or less if a cgroup (v2) quota allows less; at least 1.
/// Reads two small files.
std::size_t usable_cpus();
/// Returns the usable_cpus() of the first call of this function.
std::size_t usable_cpus_at_first();

namespace detail {
/// Returns the number of CPUs, rounded up, that the text of a cgroup's cpu.max ("50000 100000", "max 100000") allows;
/// nullopt if it has no limit.
std::optional<std::size_t> cpus_of_quota(std::string_view cpu_max);
}  // namespace detail

}  // namespace braid
