// How a pool ends, and how it becomes idle: close, stop, and the operations that wait for either.
#include <utility>

#include "braid/pool/pool_core.hpp"
#include "braid/pool/pool_worker.hpp"

namespace braid::detail {

const constant_cause& pool_ended() {
  static const constant_cause it(error_code::cancelled, "its worker pool ended");
  return it;
}

// --- stop ---

std::size_t pool_core::not_begun() noexcept {
  spin_guard guard(lock_);
  return jobs_ - count_.running();
}

bool pool_core::stop(const drop_reason& why, ended_jobs& over, const std::function<void(pool_job&)>& hand_back,
                     bool aborts, std::size_t most) noexcept {
  job_queue::job_list all;
  {
    wake_chain wakes;
    spin_guard guard(lock_);
    if (jobs_ - count_.running() > most) return false;
    stopped_ = true;
    aborted_ = aborted_ || aborts;
    close(wakes);
    queue_.withdraw_all(all);  // they count as accepted until their end is reported
  }
  for (pool_job* job = all.front(); job; job = all.next(*job)) {
    if (hand_back && job->is_handed_back()) hand_back(*job);
    job->fail(why.error());
  }
  while (!all.empty()) {
    wake_chain wakes;
    spin_guard guard(lock_);
    for (int some = 0; some < 64 && !all.empty(); ++some, --jobs_) end_dropped(*all.pop_front(), over, wakes);
    look_for_end(wakes);
  }
  return true;
}

// --- the end ---

void pool_core::close(wake_chain& wakes) noexcept {
  open_ = false;
  while (pool_wait* const submit = waiting_.pop()) {
    --submits_waiting_;
    if (claim(*submit, wakes)) submit->turned_away();
  }
  while (pool_wait* const wait = aborted_ ? nullptr : closing_.pop_front()) wait->told_of_close(wakes);
  look_for_end(wakes);
}

template<class Claim>
void pool_core::claim_inside(intrusive_list<pool_wait, enlisted>& waits, Claim claims) noexcept {
  while (pool_wait* const wait = waits.pop_front()) {
    stop_counting_end(*wait);
    wait->waits_no_more();
    claims(*wait);
  }
}

/// Workers exit once there is nothing to do any more; the exit of the last one is the end. A job that waits for its
/// pool to be idle continues before a job that waits for the end.
void pool_core::look_for_end(wake_chain& wakes) noexcept {
  if (!idling_.inside.empty() && jobs_ == count_.resting_jobs())
    claim_inside(idling_.inside, [&](pool_wait& wait) { claim(wait, wakes); });
  if (jobs_ == 0)
    while (pool_wait* const wait = idling_.outside.pop_front()) claim(*wait, wakes);
  while (is_worker_too_many()) {
    next_job* const worker = idle_.pop_front();
    if (!worker) break;
    count_.is_sent_away();
    worker->is_called({nullptr, false});
    claim(*worker, wakes);
  }
  if (!ending_.inside.empty() && work_is_done(count_.resting_jobs()) && count_.hired() == count_.resting())
    claim_inside(ending_.inside, [&](pool_wait& wait) { claim_finished(wait, wakes); });
  if (work_is_done(0) && count_.hired() == 0)
    while (pool_wait* const wait = ending_.outside.pop_front()) claim_finished(*wait, wakes);
}

void pool_core::rest_in(rest_waits& waits, pool_wait& wait, wake_chain& wakes) noexcept {
  if (wait.lends_ && wait.lends_->end_waits++ == 0) count_.rests(wait.lends_->has_job);
  (wait.lends_ ? waits.inside : waits.outside).push_back(wait);
  look_for_end(wakes);
}

bool pool_core::is_over_for(const pool_worker* here) const noexcept {
  if (!here) return work_is_done(0) && count_.hired() == 0;
  if (!idling_.inside.empty()) return false;  // those continue first
  return work_is_done(count_.resting_jobs() + (here->has_job ? 1 : 0)) && count_.hired() == count_.resting() + 1;
}

bool pool_core::is_idle_for(const pool_worker* here) const noexcept {
  return jobs_ == (here ? count_.resting_jobs() + (here->has_job ? 1 : 0) : 0);
}

bool pool_core::is_left_to_workers() noexcept {
  spin_guard guard(lock_);
  return left_to_workers_ = worker_here() != nullptr;
}

bool pool_core::is_left_to_the_last_worker() noexcept {
  spin_guard guard(lock_);
  return left_to_workers_ && count_.hired() == 0 && std::exchange(left_to_workers_, false);
}

void pool_core::wait_for_end(pool_wait& wait, wake_chain& wakes) noexcept {
  rest_in(ending_, wait, wakes);
}

void pool_core::wait_until_idle(pool_wait& wait, wake_chain& wakes) noexcept {
  rest_in(idling_, wait, wakes);
}

void pool_core::stop_waiting_for_end(pool_wait& wait) noexcept {
  if (!wait.linked()) return;
  stop_counting_end(wait);
  wait.unlink();
}

void pool_core::stop_counting_end(pool_wait& wait) noexcept {
  if (wait.lends_ && --wait.lends_->end_waits == 0) count_.rests_no_more(wait.lends_->has_job);
}

}  // namespace braid::detail
