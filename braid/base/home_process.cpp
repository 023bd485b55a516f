#include "braid/base/home_process.hpp"

#include <utility>
#include <vector>

#include "braid/base/spin_lock.hpp"

namespace braid::detail {
namespace {

/// Reachable until the process ends, so that a leak checker does not report what they hold.
struct kept_objects {
  spin_lock lock;  ///< Covers `all`.
  std::vector<std::shared_ptr<const void>> all BRAID_GUARDED_BY(lock);
};

}  // namespace

void leave_to_parent(std::shared_ptr<const void> parents) {
  static kept_objects& kept = *new kept_objects;
  spin_guard guard(kept.lock);
  kept.all.push_back(std::move(parents));
}

}  // namespace braid::detail
