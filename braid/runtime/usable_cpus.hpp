// How many CPUs this process may use.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace braid {

/// What sched_setaffinity leaves, or less if a cgroup (v2) quota allows less; at least 1. Reads two small files.
std::size_t usable_cpus();
/// What it said when this was first called.
std::size_t usable_cpus_at_first();

namespace detail {
/// What the text of a cgroup's cpu.max ("50000 100000", "max 100000") allows, rounded up; nothing if it has no limit.
std::optional<std::size_t> cpus_of_quota(std::string_view cpu_max);
}  // namespace detail

}  // namespace braid
