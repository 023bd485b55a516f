#include "braid/pool/pool_worker.hpp"

#include <utility>

namespace braid::detail {
namespace {

pool_worker* thread_here() noexcept {
  return static_cast<pool_worker*>(pool_worker_slot());
}

}  // namespace

// --- workers ---

next_job::next_job(pool_core& core) noexcept : performable(core), core_(core) {}

bool next_job::poll(wake_chain&) {
  return answered();
}

/// Returns true if next_ says what the worker does now.
bool next_job::answered() noexcept {
  core_.lock().assert_held();
  const std::optional<assignment> next = steps_aside() ? core_.assign_none() : core_.assign();
  next_ = next.value_or(assignment{nullptr, false});
  return next.has_value();
}

bool next_job::finish(pool_job& job) noexcept {
  core_.check_workers();  // the job may have forked and returned in the child
  bool is_answered = false, lets_go_first = false;
  const bool lets_go = job.is_submitted_;  // other jobs may be destroyed once they have ended
  measure();
  {
    wake_chain wakes;
    spin_guard guard(core_.lock());
    core_.job_done(job, wakes);
    if (jobs_are_short_) core_.watch_jobs_of_others(wakes);
    lets_go_first = lets_go && job.lets_go_of_users_;
    is_answered = !lets_go_first && answered();
    core_.dispatch(wakes);
  }
  if (lets_go) job.let_go();
  return is_answered || (lets_go_first && ask());
}

/// Called after let_go(): a job's user objects may own the pool, so they are destroyed while this worker has no job.
bool next_job::ask() noexcept {
  wake_chain wakes;
  spin_guard guard(core_.lock());
  const bool is_answered = answered();
  core_.dispatch(wakes);
  return is_answered;
}

bool next_job::look_again() noexcept {
  bool is_answered = false;
  jobs_are_short_ = jobs_are_short_ && look_for_a_while([&] {
                      spin_guard guard(core_.lock());
                      if (steps_aside()) return true;
                      return is_answered = answered();
                    });
  return is_answered;
}

/// Reads the clock only once in `at_once` jobs, since that costs as much as a short job.
void next_job::measure() noexcept {
  if (core_.is_eager() || measured_++ % at_once != 0) return;
  const std::chrono::nanoseconds now(monotonic_ns());
  if (measured_ > 1) jobs_are_short_ = now - measuring_since_ < at_once * late_help_policy::worth_staying;
  measuring_since_ = now;
}

bool next_job::steps_aside() const noexcept {
  core_.lock().assert_held();
  return jobs_are_short_ && core_.can_spare_one();
}

void next_job::enlist(wake_chain&) noexcept {
  core_.lock().assert_held();
  core_.stand_idle(*this);
}

void next_job::withdraw() noexcept {
  if (linked()) unlink();
}

std::string next_job::describe() const {
  return "a job for worker pool '" + core_.options().name + "'";
}

// --- guests ---

pool_job* pool_guest::take() noexcept {
  core_.lock().assert_held();
  const std::optional<assignment> next = core_.assign_guest(stream_);
  hires_ = next && next->hires;
  return next ? next->job : nullptr;
}

pool_job* pool_guest::first() noexcept {
  wake_chain wakes;
  spin_guard guard(core_.lock());
  pool_job* const job = core_.worker_here() ? nullptr : take();
  if (job) core_.guest_comes();
  has_done_any_ = job != nullptr;
  core_.dispatch(wakes);
  return job;
}

pool_job* pool_guest::next(pool_job& done) noexcept {
  wake_chain wakes;
  spin_guard guard(core_.lock());
  core_.job_done(done, wakes);
  pool_job* const job = take();
  if (!job) core_.guest_leaves();
  core_.dispatch(wakes);
  return job;
}

// --- the running worker ---

worker_task_guard::worker_task_guard(pool_worker& worker) noexcept : worker_(worker), before_(worker.task) {
  worker_.pool.worker_is(worker_, &performer::current());
}

worker_task_guard::~worker_task_guard() {
  worker_.pool.worker_is(worker_, before_);
}

worker_thread_guard::worker_thread_guard(pool_worker& worker) noexcept : before_(thread_here()) {
  worker.outer = before_;
  pool_worker_slot() = &worker;
}

worker_thread_guard::~worker_thread_guard() {
  pool_worker_slot() = before_;
}

pool_worker* pool_core::worker_here() noexcept {
  for (pool_worker* here = thread_here(); here; here = here->outer)
    if (&here->pool == this) return here;
  for (pool_worker* one = workers_.front(); one; one = workers_.next(*one))
    if (one->task == &performer::current()) return one;
  return nullptr;
}

}  // namespace braid::detail
