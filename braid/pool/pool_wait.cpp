// Waits for a pool: a worker that waits for its own pool lends its place.
#include "braid/pool/pool_wait.hpp"

#include <utility>

#include "braid/pool/pool_core.hpp"
#include "braid/pool/pool_worker.hpp"

namespace braid::detail {

pool_wait::pool_wait(pool_core& core) noexcept : operation(core), core_(core) {
  set_rank(0);
}

void pool_wait::starts_to_wait(wake_chain& wakes, stream_jobs* wanted) noexcept {
  core_.check_workers();
  core_.lock().assert_held();
  lends_ = wanted ? core_.lend_for(*wanted, wakes) : core_.lend(wakes);
}

void pool_wait::waits_no_more() noexcept {
  core_.lock().assert_held();
  if (lends_) core_.take_back(*std::exchange(lends_, nullptr));
}

pool_worker* pool_core::lend(wake_chain& wakes) noexcept {
  pool_worker* const worker = worker_here();
  if (worker && worker->waits++ == 0 && worker->has_job && worker->has_place) {
    count_.lends();
    call_one(wakes);  // an idle worker takes its place
    dispatch(wakes);
  }
  return worker;
}

pool_worker* pool_core::lend_for(pool_job& wanted, wake_chain& wakes) noexcept {
  if (worker_here()) queue_.prefer(wanted);
  return lend(wakes);
}

pool_worker* pool_core::lend_for(stream_jobs& wanted, wake_chain& wakes) noexcept {
  if (worker_here()) queue_.prefer(wanted);
  return lend(wakes);
}

void pool_core::take_back(pool_worker& worker) noexcept {
  if (--worker.waits == 0 && worker.has_job && worker.has_place) count_.takes_back();
}

}  // namespace braid::detail
