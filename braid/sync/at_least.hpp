// The number of tasks of a group that have to succeed.
#pragma once

#include <cstddef>

#include "braid/base/argument.hpp"

namespace braid {

/// The policy of a task group that needs only `count` successes. It is set when the group is made, because a task may
/// fail before the group is joined, and must then not cancel its siblings.
///
///   braid::task_group group(braid::at_least(1));             // the first success wins
///   braid::task_group quorum(ctx, braid::at_least(3));       // 3 of however many are spawned
class at_least {
 public:
  /// Throws std::invalid_argument for 0.
  explicit at_least(std::size_t count)
      : count_(detail::checked_argument("number of tasks that have to succeed", count, 1)) {}
  std::size_t count() const noexcept { return count_; }

 private:
  std::size_t count_;
};

}  // namespace braid
