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
  core_.lock().assert_held();
  return core_.answer(*this);
}

bool next_job::finish(pool_job& job) noexcept {
  core_.check_workers();  // the job may have forked and returned in the child
  bool answered = false, lets_go_first = false;
  const bool lets_go = job.is_submitted_;  // other jobs may be destroyed once they have ended
  measure();
  {
    wake_chain wakes;
    spin_guard guard(core_.lock());
    core_.job_done(job, wakes);
    if (jobs_are_short_ && core_.at_work() > 0 && core_.may_start_a_job())
      core_.want_timer(wakes);  // so that this worker may step aside
    lets_go_first = lets_go && job.lets_go_of_users_;
    answered = !lets_go_first && core_.answer(*this);
    core_.dispatch(wakes);
  }
  if (lets_go) job.let_go();
  return answered || (lets_go_first && ask());
}

/// Called after let_go(): a job's user objects may own the pool, so they are destroyed while this worker has no job.
bool next_job::ask() noexcept {
  wake_chain wakes;
  spin_guard guard(core_.lock());
  const bool answered = core_.answer(*this);
  core_.dispatch(wakes);
  return answered;
}

bool next_job::look_again() noexcept {
  bool answered = false;
  jobs_are_short_ = jobs_are_short_ && look_for_a_while([&] {
                      spin_guard guard(core_.lock());
                      if (steps_aside()) return true;
                      return answered = core_.answer(*this);
                    });
  return answered;
}

/// Reads the clock only once in `at_once` jobs, since that costs as much as a short job.
void next_job::measure() noexcept {
  if (core_.eager_ || measured_++ % at_once != 0) return;
  const std::chrono::nanoseconds now(monotonic_ns());
  if (measured_ > 1) jobs_are_short_ = now - measuring_since_ < at_once * late_help_policy::worth_staying;
  measuring_since_ = now;
}

bool next_job::steps_aside() const noexcept {
  core_.lock().assert_held();
  return jobs_are_short_ && core_.at_work() > 0 && (core_.armed_ || !core_.may_start_a_job());
}

void next_job::enlist(wake_chain&) noexcept {
  core_.lock().assert_held();
  core_.idle_.push_front(*this);
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
  const bool may = !core_.by_key_ && core_.next_.empty() && core_.stands_alone(stream_);
  pool_job* const job = may ? core_.take() : nullptr;
  hires_ = job && core_.wants_worker();
  return job;
}

pool_job* pool_guest::first() noexcept {
  wake_chain wakes;
  spin_guard guard(core_.lock());
  // A worker of the pool waits instead, so that the pool knows that it waits.
  pool_job* const job = core_.worker_here() ? nullptr : take();
  if (job) ++core_.hired_, ++core_.guests_;
  has_done_any_ = job != nullptr;
  core_.dispatch(wakes);
  return job;
}

pool_job* pool_guest::next(pool_job& done) noexcept {
  wake_chain wakes;
  spin_guard guard(core_.lock());
  core_.job_done(done, wakes);
  pool_job* const job = take();
  if (!job) --core_.hired_, --core_.guests_;
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
