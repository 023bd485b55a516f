// The environment of a task: executor, clock and random source. A context carries one.
#pragma once

#include "braid/base/random.hpp"

namespace braid {

class executor;
class clock;

/// Null means the process-wide default. The default executor is made only when something needs it, so a program that
/// uses threads alone never has one. All are borrowed; each must outlive the contexts that carry it.
struct environment {
  braid::executor* executor = nullptr;
  braid::clock* clock = nullptr;
  braid::random_source* random = nullptr;

  braid::executor& executor_or_default() const;
  braid::clock& clock_or_default() const;
  braid::random_source& random_or_default() const;
};

/// Returns the environment of the running task; the defaults on a thread that braid did not start.
environment current_environment() noexcept;

}  // namespace braid
