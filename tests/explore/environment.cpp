// Stands in for braid/runtime/environment.cpp: no default executor and no real clock, whose threads would not be
// explored; and a random source in which each thread's first select of two starts where the schedule says.
#include "braid/runtime/environment.hpp"

#include "braid/base/check.hpp"
#include "braid/runtime/executor.hpp"
#include "braid/runtime/performer.hpp"
#include "explore/explore.hpp"

namespace braid {
namespace {

// The first draw of below(2) of an engine seeded from random_source(n).
std::uint32_t first_draw(std::uint64_t n) {
  random_source source(n);
  return random_engine(source.next_seed()).below(2);
}

std::uint64_t state_that_draws(std::uint32_t wanted) {
  std::uint64_t n = 0;
  while (first_draw(n) != wanted) ++n;
  return n;
}

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
  return *new random_source(state_that_draws(explore::coin()));  // from the arena: goes with the schedule
}

environment current_environment() noexcept {
  void* const task = detail::thread_slot();
  return task ? static_cast<detail::performer*>(task)->env() : environment{};
}

}  // namespace braid
