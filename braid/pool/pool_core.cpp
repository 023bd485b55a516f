#include "braid/pool/pool_core.hpp"

#include <stdexcept>
#include <utility>

#include "braid/base/argument.hpp"
#include "braid/pool/pool_worker.hpp"
#include "braid/runtime/usable_cpus.hpp"

namespace braid::detail {

// --- the queue ---

namespace {

pool_options checked(pool_options options) {
  if (options.when_full == when_full::drop_oldest)
    checked_argument("queue of a pool that drops the oldest job", options.queue, 1);
  return options;
}

}  // namespace

pool_core::pool_core(std::size_t width, pool_options options, bool by_key, bool eager)
    : pool_home(options_.name),
      options_(checked(std::move(options))),
      eager_(eager),
      queued_as_{.by_key = by_key,
                 .by_rank = options_.priorities,
                 .most_passes = options_.most_passes,
                 .gives_up_its_oldest = options_.when_full == when_full::drop_oldest},
      dropped_as_oldest_(drop_reason::dropped("a job of worker pool '" + options_.name +
                                              "' was dropped as the oldest, since the queue was full")),
      queue_(queued_as_),
      count_(width),
      waiting_(options_.priorities ? aging_queue<pool_wait, enlisted>(options_.most_passes)
                                   : aging_queue<pool_wait, enlisted>()),
      repeating_timer_(std::make_shared<repeating_timer>(static_cast<repeating_timer::owner&>(*this))) {
  if (by_key && options_.priorities)
    throw std::invalid_argument("worker pool '" + options_.name +
                                "' was made by_key and with priorities: jobs of one key run in the order in which they "
                                "were accepted, so leave out pool_options::priorities, or by_key");
  if (!eager_) repeating_timer::get_ready();  // eager: workers are called at once, and the timer is never armed
}

void check_priority(std::int64_t priority, const pool_options& options) {
  if (priority != 0 && !options.priorities)
    refuse_argument("priority of a job", std::to_string(priority),
                    "0 in a pool without priorities: pool_options::priorities switches them on");
}

void pool_core::accept(pool_job& job) noexcept {
  queue_.push(job);
  ++jobs_;
  ++tally_.accepted;
}

void pool_core::accept(stream_jobs& stream, pool_job& job) noexcept {
  queue_.push(stream, job);
  ++jobs_;
  ++tally_.accepted;
}

// --- jobs for workers ---

pool_job* pool_core::take() noexcept {
  pool_job* const job = idle_width() > 0 ? queue_.pop() : nullptr;
  if (!job) return nullptr;
  count_.job_begins();
  ++started_;
  return job;
}

std::optional<assignment> pool_core::assign() noexcept {
  if (pool_job* const job = take()) return assignment{job, wants_worker()};
  return assign_none();
}

std::optional<assignment> pool_core::assign_none() noexcept {
  if (!is_worker_too_many()) return std::nullopt;
  count_.is_sent_away();
  return assignment{nullptr, false};
}

void pool_core::stand_idle(next_job& worker) noexcept {
  idle_.push_front(worker);
}

std::optional<assignment> pool_core::assign_guest(const stream_jobs& stream) noexcept {
  pool_job* const job = queue_.stands_alone(stream) ? take() : nullptr;
  if (!job) return std::nullopt;
  return assignment{job, wants_worker()};
}

void pool_core::dispatch(wake_chain& wakes) noexcept {
  serve_waiting(wakes);
  while ((eager_ || count_.at_work() == 0) && call_one(wakes)) continue;
  look_after_jobs(wakes);
  look_for_end(wakes);
}

/// Wakes an idle worker for the next job. Returns false if there is no such worker or no such job.
bool pool_core::call_one(wake_chain& wakes) noexcept {
  next_job* const worker = idle_.front();
  pool_job* const job = worker ? take() : nullptr;
  if (!job) return false;
  idle_.pop_front();
  worker->is_called({job, wants_worker()});
  claim(*worker, wakes);  // no other code claims an idle worker
  return true;
}

void pool_core::look_after_jobs(wake_chain& wakes) noexcept {
  if (!idle_.empty() && may_start_a_job()) want_timer(wakes);
}

void pool_core::want_timer(wake_chain& wakes) noexcept {
  if (std::exchange(armed_, true)) return;
  repeating_timer_->arm_with(wakes, watch_.begin(std::chrono::steady_clock::now()));
}

std::optional<std::chrono::microseconds> pool_core::on_time() noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  armed_ = !idle_.empty() && may_start_a_job();
  if (!armed_) return std::nullopt;
  const auto said = watch_.look(std::chrono::steady_clock::now(), started_, std::max<std::size_t>(count_.at_work(), 1),
                                usable_cpus_at_first());
  for (std::size_t calls = said.calls; calls > 0 && call_one(wakes); --calls) continue;
  return said.again;
}

void pool_core::serve_waiting(wake_chain& wakes) noexcept {
  while (!waiting_.empty() && open_ && has_room()) {
    pool_wait* const submit = waiting_.pop();
    if (!submit) return;
    --submits_waiting_;
    if (claim(*submit, wakes)) submit->admitted();
  }
}

// --- the end of a job ---

void pool_core::job_done(pool_job& job, wake_chain& wakes) noexcept {
  count_.job_ends();
  --jobs_;
  tally_.count_end(job);
  queue_.end_turn(job);
  job.ended(wakes);
  serve_waiting(wakes);
}

void pool_core::caller_ends(pool_job& job, wake_chain& wakes) noexcept {
  --jobs_;
  count_.caller_leaves();
  tally_.count_end(job);
  job.ended(wakes);
  dispatch(wakes);
}

bool pool_core::withdraw(pool_job& job) noexcept {
  if (!queue_.withdraw(job)) return false;
  --jobs_;
  return true;
}

void pool_core::end_dropped(pool_job& job, ended_jobs& over, wake_chain& wakes) noexcept {
  ++tally_.dropped;
  const bool lets_go = job.is_submitted_;  // other jobs may be destroyed once they have ended
  job.ended(wakes);
  if (lets_go) over.jobs_.push_back(job);
}

void pool_core::drop(pool_job& job, const drop_reason& why, ended_jobs& over, wake_chain& wakes) noexcept {
  job.fail(why.error());
  end_dropped(job, over, wakes);
}

void pool_core::drop_unaccepted(pool_job& job, const drop_reason& why, ended_jobs& over, wake_chain& wakes) noexcept {
  ++tally_.accepted;
  drop(job, why, over, wakes);
}

void pool_core::drop_oldest(ended_jobs& over, wake_chain& wakes) noexcept {
  pool_job* const oldest = queue_.oldest_submitted();
  if (!oldest) return;
  withdraw(*oldest);
  drop(*oldest, dropped_as_oldest_, over, wakes);
}

// --- settings, state ---

void pool_core::set_paused(bool paused, wake_chain& wakes) noexcept {
  paused_ = paused;
  dispatch(wakes);
}

void pool_core::context_ended() noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  context_ended_ = true;
  dispatch(wakes);
}

void pool_core::set_width(std::size_t width, wake_chain& wakes) noexcept {
  count_.set_width(width);
  dispatch(wakes);
}

std::size_t pool_core::width() noexcept {
  spin_guard guard(lock_);
  return count_.width();
}

pool_stats pool_core::stats() const noexcept {
  return {count_.width(),   count_.running(), jobs_ - count_.running(),
          submits_waiting_, tally_.accepted,  tally_.succeeded,
          tally_.failed,    tally_.dropped};
}

// --- workers ---

bool pool_core::hire() noexcept {
  {
    spin_guard guard(lock_);
    if (!wants_worker()) return true;
    count_.comes();
  }
  if (start_worker()) return true;
  wake_chain wakes;
  spin_guard guard(lock_);
  count_.is_not_started();
  look_for_end(wakes);
  return false;
}

void pool_core::worker_came(pool_worker& worker) noexcept {
  spin_guard guard(lock_);
  workers_.push_back(worker);
}

void pool_core::worker_is(pool_worker& worker, performer* task) noexcept {
  spin_guard guard(lock_);
  worker.task = task;
}

void pool_core::worker_left(pool_worker& worker) noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  if (worker.linked()) workers_.erase(worker);
  count_.leaves();
  look_for_end(wakes);
}

}  // namespace braid::detail
