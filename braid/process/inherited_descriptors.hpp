// Which open files a child would inherit.
#pragma once

#include <vector>

namespace braid::process {

/// Descriptors from `first` to `last`, both included.
struct descriptor_range {
  unsigned first;
  unsigned last;
};

/// Returns all descriptors above 2 that a child would not inherit now, whether open or not, from low to high. Empty if
/// that cannot be found out (no /proc). Price: one look into /proc/self/fd.
std::vector<descriptor_range> not_inherited();

}  // namespace braid::process
