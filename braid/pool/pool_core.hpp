// The state of a worker pool: its jobs, its workers, and the operations that wait for it. One lock guards it all.
//
// The queue of jobs (job_queue.hpp) and the number of workers (worker_count.hpp) are pure; dispatch() brings them
// together after every change.
//
// Invariants, whenever the lock is free
// 1. An accepted job that has not ended is in the queue, with a worker, or held by a stop() that is about to end it.
//    Its outcome is reported once: by the worker that ran it, or by the code that drops it.
// 2. If a job may start and a worker is idle, another one is at work and the timer is armed. The idle one is woken when
//    a job has waited 20 us, unless jobs are too short for that (late_help_policy.hpp). Coroutines, which mostly wait,
//    are woken at once. The timer is armed with the wakes, after the lock.
// 3. Before a worker runs a job it makes sure that a further one is idle or starting. A job that another job waits for
//    goes before the others, in the place that the waiting worker lends: it is run whatever the other jobs wait for.
//    This holds neither for a job behind its own key nor while the pool is paused.
// 4. A submit waits only while there is no room, or if its performer has been claimed elsewhere and is about to
//    withdraw. A worker's own submit does not wait: it could wait for itself.
// 5. A worker destroys objects of the user only while it has a job, or has none and no next one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "braid/pool/job_queue.hpp"
#include "braid/pool/pool_errors.hpp"
#include "braid/pool/pool_home.hpp"
#include "braid/pool/pool_options.hpp"
#include "braid/pool/pool_tally.hpp"
#include "braid/pool/pool_wait.hpp"
#include "braid/pool/worker_count.hpp"
#include "braid/runtime/late_help_policy.hpp"
#include "braid/runtime/repeating_timer.hpp"

namespace braid::detail {

class next_job;

/// The cause of what ends with its pool.
const constant_cause& pool_ended();

/// The next step of a worker.
struct assignment {
  pool_job* job;  ///< Null if the worker is to leave.
  bool hires;     ///< The worker starts a further one before it runs the job.
};

class pool_core : public source,
                  public pool_home,
                  public std::enable_shared_from_this<pool_core>,
                  private repeating_timer::owner {
 public:
  /// `eager`: workers are woken as soon as there is a job for each.
  pool_core(std::size_t width, pool_options options, bool by_key, bool eager);
  virtual ~pool_core() = default;

  const pool_options& options() const noexcept { return options_; }
  /// Requires that no job runs any more.
  void drop_hooks() noexcept { options_.on_job_end = nullptr; }
  /// Stops the timer: it wakes no worker any more. Requires that no job will arrive.
  void end_watch() noexcept BRAID_EXCLUDES(lock_) { repeating_timer_->dismiss(); }
  bool is_eager() const noexcept { return eager_; }
  const job_queue::settings& queued_as() const noexcept { return queued_as_; }

  std::size_t width() noexcept BRAID_EXCLUDES(lock_);
  std::size_t not_begun() noexcept BRAID_EXCLUDES(lock_);
  /// Closes the pool and ends all jobs that have not begun: those behind a key first, then in order, a stream's
  /// together. `aborts`: its context is cancelled next. Before they end, without the lock, makes the errors and passes
  /// to `hand_back` all but those left to their streams. Does nothing and returns false if over `most` have not begun.
  bool stop(const drop_reason& why, ended_jobs& over, const std::function<void(pool_job&)>& hand_back = {},
            bool aborts = false, std::size_t most = SIZE_MAX) noexcept BRAID_EXCLUDES(lock_);
  /// Call when the context of the jobs has ended: they are dropped as their turn comes, even while the pool is paused.
  void context_ended() noexcept BRAID_EXCLUDES(lock_);

  // --- with the lock held ---

  bool is_open() const noexcept BRAID_REQUIRES(lock_) { return open_; }
  bool is_stopped() const noexcept BRAID_REQUIRES(lock_) { return stopped_; }
  /// Returns true if streams must not wait for their input any more. After an abort their context ends such waits.
  bool cuts_streams_off() const noexcept BRAID_REQUIRES(lock_) { return !open_ && !aborted_; }
  /// Returns true if one more submitted job fits. Unchanged if a worker takes a job: one job and one free worker less.
  bool has_room() const noexcept BRAID_REQUIRES(lock_) {
    return queue_.submitted() < options_.queue || queue_.submitted() - options_.queue < idle_width();
  }
  /// Returns true if the pool has ended (is idle). For a worker `here`, it and workers with such a wait do not count.
  bool is_over_for(const pool_worker* here) const noexcept BRAID_REQUIRES(lock_);
  bool is_idle_for(const pool_worker* here) const noexcept BRAID_REQUIRES(lock_);
  bool anybody_waits_for_room() const noexcept BRAID_REQUIRES(lock_) { return !waiting_.empty(); }
  /// Accepts a submitted job, or one of a stream. Call dispatch() after the last one.
  void accept(pool_job& job) noexcept BRAID_REQUIRES(lock_);
  void accept(stream_jobs& stream, pool_job& job) noexcept BRAID_REQUIRES(lock_);
  void dispatch(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  /// Call instead of dispatch() if the thread that brought the jobs runs them at once, as a guest.
  void look_after_jobs(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  /// Drops the submitted job that has waited longest.
  void drop_oldest(ended_jobs& over, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  /// Takes back a job that no worker has taken. Returns false if one has, or if the job has ended or is about to.
  bool withdraw(pool_job& job) noexcept BRAID_REQUIRES(lock_);
  /// Ends a withdrawn job that has not run, with the error that it was given, if any.
  void end_dropped(pool_job& job, ended_jobs& over, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  /// Ends a withdrawn or refused job that has not run.
  void drop(pool_job& job, const drop_reason& why, ended_jobs& over, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  /// Ends a job that arrived after the close and has not run; it counts as accepted.
  void drop_unaccepted(pool_job& job, const drop_reason& why, ended_jobs& over, wake_chain& wakes) noexcept
      BRAID_REQUIRES(lock_);
  /// A job run by its submitter counts as accepted and takes no worker's place: the submitter is a worker meanwhile.
  void caller_begins() noexcept BRAID_REQUIRES(lock_) {
    ++tally_.accepted, ++jobs_;
    count_.caller_comes();
  }
  void caller_ends(pool_job& job, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  /// Counts jobs of attached channels that were received before a stop() and never accepted.
  void count_handed_back(std::size_t jobs) noexcept BRAID_REQUIRES(lock_) {
    tally_.accepted += jobs, tally_.dropped += jobs;
  }
  /// Call before a stream takes jobs from a channel: the pool does not end until end_receiving(), when all of them have
  /// been accepted. Returns false if the pool is closed: the stream must not begin.
  bool begin_receiving() noexcept BRAID_REQUIRES(lock_) { return open_ && ++receiving_ > 0; }
  void end_receiving(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) { --receiving_, look_for_end(wakes); }
  void close(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void wait_for_room(pool_wait& submit) noexcept BRAID_REQUIRES(lock_) { waiting_.push(submit), ++submits_waiting_; }
  void stop_waiting_for_room(pool_wait& submit) noexcept BRAID_REQUIRES(lock_) {
    waiting_.erase(submit), --submits_waiting_;
  }
  void wait_for_end(pool_wait& wait, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void wait_until_idle(pool_wait& wait, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void stop_waiting_for_end(pool_wait& wait) noexcept BRAID_REQUIRES(lock_);
  void wait_for_close(pool_wait& wait) noexcept BRAID_REQUIRES(lock_) { closing_.push_back(wait); }
  void set_paused(bool paused, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void set_width(std::size_t width, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  pool_stats stats() const noexcept BRAID_REQUIRES(lock_);
  std::string describe_state() const BRAID_REQUIRES(lock_);  ///< A line of a report.
  /// From now on the running thread or task, if it is a worker, waits for the pool itself. Returns that worker, or
  /// null. Several waits of one select count once. `wanted`, which ends the wait, goes before the others: a job, or the
  /// jobs of a stream until stop_preferring().
  pool_worker* lend(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  pool_worker* lend_for(pool_job& wanted, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  pool_worker* lend_for(stream_jobs& wanted, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void stop_preferring(stream_jobs& stream) noexcept BRAID_REQUIRES(lock_) { queue_.stop_preferring(stream); }
  void take_back(pool_worker& worker) noexcept BRAID_REQUIRES(lock_);

  // --- jobs for workers, with the lock held ---

  /// Returns what a worker without a job does next; nothing if it has to wait, after stand_idle().
  std::optional<assignment> assign() noexcept BRAID_REQUIRES(lock_);
  /// The same, but takes no job.
  std::optional<assignment> assign_none() noexcept BRAID_REQUIRES(lock_);
  void stand_idle(next_job& worker) noexcept BRAID_REQUIRES(lock_);
  /// Ends a job that has run. Then its worker takes the next one, and dispatch() comes last.
  void job_done(pool_job& job, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  /// Returns true if other workers can do what there is to do, or the timer wakes the one that asks if not.
  bool can_spare_one() const noexcept BRAID_REQUIRES(lock_) {
    return count_.at_work() > 0 && (armed_ || !may_start_a_job());
  }
  /// Call if a worker with short jobs may step aside: the timer watches the jobs.
  void watch_jobs_of_others(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    if (count_.at_work() > 0 && may_start_a_job()) want_timer(wakes);
  }
  /// Returns a job of the stream for a guest, which is a thread that waits for jobs of its own stream and may run them
  /// meanwhile: while a worker's place is free and no other jobs are in the queue. The guest counts as a worker from
  /// guest_comes() to guest_leaves(). A worker of this pool must not be one, since its wait has to be known.
  std::optional<assignment> assign_guest(const stream_jobs& stream) noexcept BRAID_REQUIRES(lock_);
  void guest_comes() noexcept BRAID_REQUIRES(lock_) { count_.guest_comes(); }
  void guest_leaves() noexcept BRAID_REQUIRES(lock_) { count_.guest_leaves(); }

  // --- workers ---

  /// Starts one more worker if one is still wanted. Returns false, with nothing changed, if there was no thread for it.
  bool hire() noexcept BRAID_EXCLUDES(lock_);
  /// Adds a coroutine, which is found by its performer. A thread is found by its worker_thread_guard.
  void worker_came(pool_worker& worker) noexcept BRAID_EXCLUDES(lock_);
  void worker_is(pool_worker& worker, performer* task) noexcept BRAID_EXCLUDES(lock_);
  void worker_left(pool_worker& worker) noexcept BRAID_EXCLUDES(lock_);
  /// Returns the worker that the running thread or task is; null if it is not one.
  pool_worker* worker_here() noexcept BRAID_REQUIRES(lock_);

 protected:
  /// Call at the end of the pool. Returns true on a worker's thread: the last worker to exit does the rest.
  bool is_left_to_workers() noexcept BRAID_EXCLUDES(lock_);
  /// Call when a worker has exited, before it gives up its share of the core. Returns true once, to the last worker.
  bool is_left_to_the_last_worker() noexcept BRAID_EXCLUDES(lock_);
  /// Starts a worker, which runs jobs and exits. Returns false if it could not be started.
  virtual bool start_worker() noexcept = 0;

 private:
  struct rest_waits {
    intrusive_list<pool_wait, enlisted> outside, inside;  ///< Inside: waits of workers.
  };

  std::size_t idle_width() const noexcept BRAID_REQUIRES(lock_) {
    return paused_ && !context_ended_ ? 0 : count_.free();
  }
  bool may_start_a_job() const noexcept BRAID_REQUIRES(lock_) { return idle_width() > 0 && !queue_.empty(); }
  bool wants_worker() const noexcept BRAID_REQUIRES(lock_) { return idle_.empty() && count_.wants_one_more(); }
  /// Returns true if the pool is closed and all accepted jobs have ended, except those of `but_for` workers.
  bool work_is_done(std::size_t but_for) const noexcept BRAID_REQUIRES(lock_) {
    return !open_ && jobs_ == but_for && receiving_ == 0;
  }
  bool is_worker_too_many() const noexcept BRAID_REQUIRES(lock_) {
    return work_is_done(count_.resting_jobs()) || count_.has_too_many();
  }
  std::optional<std::chrono::microseconds> on_time() noexcept override BRAID_EXCLUDES(lock_);
  bool call_one(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void want_timer(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  pool_job* take() noexcept BRAID_REQUIRES(lock_);
  void serve_waiting(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void look_for_end(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void rest_in(rest_waits& waits, pool_wait& wait, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  template<class Claim>
  void claim_inside(intrusive_list<pool_wait, enlisted>& waits, Claim claims) noexcept BRAID_REQUIRES(lock_);
  void stop_counting_end(pool_wait& wait) noexcept BRAID_REQUIRES(lock_);

  pool_options options_;
  const bool eager_;
  const job_queue::settings queued_as_;
  const drop_reason dropped_as_oldest_;
  bool open_ BRAID_GUARDED_BY(lock_) = true;
  bool stopped_ BRAID_GUARDED_BY(lock_) = false;  ///< Closed, and no further job will be started.
  bool aborted_ BRAID_GUARDED_BY(lock_) = false;
  bool paused_ BRAID_GUARDED_BY(lock_) = false;
  bool left_to_workers_ BRAID_GUARDED_BY(lock_) = false;
  bool context_ended_ BRAID_GUARDED_BY(lock_) = false;

  job_queue queue_ BRAID_GUARDED_BY(lock_);
  worker_count count_ BRAID_GUARDED_BY(lock_);
  std::size_t jobs_ BRAID_GUARDED_BY(lock_) = 0;       ///< Accepted and not ended.
  std::size_t receiving_ BRAID_GUARDED_BY(lock_) = 0;  ///< Streams between begin_receiving() and end_receiving().
  aging_queue<pool_wait, enlisted> waiting_ BRAID_GUARDED_BY(lock_);  ///< Submits that wait for room.
  std::size_t submits_waiting_ BRAID_GUARDED_BY(lock_) = 0;
  rest_waits ending_ BRAID_GUARDED_BY(lock_);  ///< Waits for the end.
  rest_waits idling_ BRAID_GUARDED_BY(lock_);  ///< Waits of wait_idle().
  intrusive_list<pool_wait, enlisted> closing_ BRAID_GUARDED_BY(lock_);
  intrusive_list<next_job, enlisted> idle_ BRAID_GUARDED_BY(lock_);        ///< The last one to become idle is first.
  intrusive_list<pool_worker, enlisted> workers_ BRAID_GUARDED_BY(lock_);  ///< The coroutines.

  const std::shared_ptr<repeating_timer> repeating_timer_;
  late_help_policy watch_ BRAID_GUARDED_BY(lock_);
  bool armed_ BRAID_GUARDED_BY(lock_) = false;         ///< Armed, at work, or about to be.
  std::uint64_t started_ BRAID_GUARDED_BY(lock_) = 0;  ///< Jobs started in all.
  pool_tally tally_ BRAID_GUARDED_BY(lock_);
};

}  // namespace braid::detail
