// How a pool ends, and how it becomes idle: close, stop, and the operations that wait for either.
#include <utility>

#include "braid/pool/pool_core.hpp"
#include "braid/pool/pool_worker.hpp"

namespace braid::detail {

// --- stop ---

/// Moves a job to `into`. It still counts as accepted, until its end is reported.
void pool_core::put_aside(pool_job& job, intrusive_list<pool_job, in_queue>& into) noexcept {
  left_queue(job);
  job.place_ = job_place::outside;
  into.push_back(job);
}

void pool_core::withdraw_all(intrusive_list<pool_job, in_queue>& into) noexcept {
  const auto put_aside_with_lane = [&](pool_job& job) {
    lock_.assert_held();
    put_aside(job, into);
    if (!is_head(job)) return;
    job.stream_->head_ = nullptr;
    while (pool_job* const behind = job.stream_->rest_.pop_front()) put_aside(*behind, into);
  };
  for (job_extra* holder = holders_.front(); holder;) {
    job_extra& one = *std::exchange(holder, holders_.next(*holder));
    if (one.job.place_ == job_place::next) next_.erase(one.job), holders_.erase(one), put_aside_with_lane(one.job);
    while (pool_job* const behind = one.behind.pop_front()) put_aside(*behind, into);
  }
  while (pool_job* const job = next_.pop_front()) put_aside_with_lane(*job);  // by key: next_ is empty by now
  while (pool_job* const job = queue_.pop()) put_aside_with_lane(*job);
}

std::size_t pool_core::not_begun() noexcept {
  spin_guard guard(lock_);
  return jobs_ - running_;
}

bool pool_core::stop(const drop_reason& why, ended_jobs& over, const std::function<void(pool_job&)>& hand_back,
                     bool aborts, std::size_t most) noexcept {
  intrusive_list<pool_job, in_queue> all;
  {
    wake_chain wakes;
    spin_guard guard(lock_);
    if (jobs_ - running_ > most) return false;
    stopped_ = true;
    aborted_ = aborted_ || aborts;
    close(wakes);
    withdraw_all(all);
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
  if (!idling_.inside.empty() && jobs_ == ending_jobs_)
    claim_inside(idling_.inside, [&](pool_wait& wait) { claim(wait, wakes); });
  if (jobs_ == 0)
    while (pool_wait* const wait = idling_.outside.pop_front()) claim(*wait, wakes);
  while (is_worker_too_many()) {
    next_job* const worker = idle_.pop_front();
    if (!worker) break;
    worker->job_ = nullptr;
    ++leaving_;
    claim(*worker, wakes);
  }
  if (!ending_.inside.empty() && work_is_done(ending_jobs_) && hired_ == ending_workers_)
    claim_inside(ending_.inside, [&](pool_wait& wait) { claim_finished(wait, wakes); });
  if (work_is_done(0) && hired_ == 0)
    while (pool_wait* const wait = ending_.outside.pop_front()) claim_finished(*wait, wakes);
}

void pool_core::rest_in(rest_waits& waits, pool_wait& wait, wake_chain& wakes) noexcept {
  if (wait.lends_ && wait.lends_->end_waits++ == 0) ++ending_workers_, ending_jobs_ += wait.lends_->has_job ? 1 : 0;
  (wait.lends_ ? waits.inside : waits.outside).push_back(wait);
  look_for_end(wakes);
}

bool pool_core::is_over_for(const pool_worker* here) const noexcept {
  if (!here) return work_is_done(0) && hired_ == 0;
  if (!idling_.inside.empty()) return false;  // those continue first
  return work_is_done(ending_jobs_ + (here->has_job ? 1 : 0)) && hired_ == ending_workers_ + 1;
}

bool pool_core::is_idle_for(const pool_worker* here) const noexcept {
  return jobs_ == (here ? ending_jobs_ + (here->has_job ? 1 : 0) : 0);
}

bool pool_core::is_left_to_workers() noexcept {
  spin_guard guard(lock_);
  return left_to_workers_ = worker_here() != nullptr;
}

bool pool_core::is_left_to_the_last_worker() noexcept {
  spin_guard guard(lock_);
  return left_to_workers_ && hired_ == 0 && std::exchange(left_to_workers_, false);
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
  if (wait.lends_ && --wait.lends_->end_waits == 0) --ending_workers_, ending_jobs_ -= wait.lends_->has_job ? 1 : 0;
}

}  // namespace braid::detail
