// Stands in for braid/runtime/environment.cpp: no default executor and no real clock, whose threads would not be
// explored; and a random source in which each thread's first select of two starts where the schedule says.
#include "braid/runtime/environment.hpp"

#include "braid/base/check.hpp"
#include "braid/flow/stream_run.hpp"
#include "braid/pool/pool_core.hpp"
#include "braid/runtime/executor.hpp"
#include "braid/runtime/performer.hpp"
#include "braid/runtime/usable_cpus.hpp"
#include "braid/runtime/wait_registry.hpp"
#include "braid/sync/task_group.hpp"
#include "explore/explore.hpp"

namespace braid {
namespace {

/// A state of a random source such that the engine seeded from it first draws `wanted` of two.
std::uint64_t state_that_draws(std::uint32_t wanted) {
  for (std::uint64_t state = 0;; ++state) {
    random_source source(state);
    if (random_engine(source.next_seed()).below(2) == wanted) return state;
  }
}

// Before the first schedule: a random source is made of an atomic, whose steps are not to be explored here.
const std::uint64_t states[] = {state_that_draws(0), state_that_draws(1)};

/// Makes braid's own causes before the first schedule: what a schedule allocates goes with it.
const bool causes_are_made = [] {
  manual_clock clock;
  const context root(environment{.clock = &clock});
  static_cast<void>(with_timeout(root, std::chrono::hours(1)));
  static_cast<void>(with_stop(root, std::stop_source().get_token()));
  const task_group group(root);
  static_cast<void>(detail::pool_ended());
  static_cast<void>(detail::end_of_stream());
  return true;
}();

}  // namespace

braid::executor& environment::executor_or_default() const {
  BRAID_CHECK(executor, "an explored scenario needs an executor of its own");
  return *executor;
}

braid::clock& environment::clock_or_default() const {
  BRAID_CHECK(clock, "an explored scenario needs a clock of its own");
  return *clock;
}

braid::random_source& environment::random_or_default() const {
  if (random) return *random;
  return *new random_source(states[explore::coin()]);  // from the arena: goes with the schedule
}

environment current_environment() noexcept {
  void* const task = detail::thread_slot();
  return task ? static_cast<detail::performer*>(task)->env() : environment{};
}

namespace detail {
/// Nor one that looks for stalled waits: the explorer says itself which threads wait without end.
bool watch_if_environment_says_so() noexcept {
  return false;
}
bool on_clock_thread() noexcept {
  return false;
}  // no thread serves a clock here
}  // namespace detail

/// One, so that no step depends on how long something took.
std::size_t usable_cpus_at_first() {
  return 1;
}

}  // namespace braid
