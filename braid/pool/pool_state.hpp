// A pool of Jobs that give R: its workers, which run the handler, and the context of its jobs.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "braid/pool/job_runner.hpp"
#include "braid/pool/kept_jobs.hpp"
#include "braid/pool/lost_failures.hpp"
#include "braid/runtime/thread_cache.hpp"
#include "braid/sync/task_group.hpp"

namespace braid::detail {

/// Set to the pool for its tasks: its coroutines, and the tasks of attach().
inline constexpr context_key<const void*> is_task_of_pool;

/// Owned by the pool, by its threads and by its futures.
///
/// The end of the pool waits until no worker is left, then destroys the objects of the user. If the last owner of the
/// pool was destroyed with a job, on a worker's own thread, the end waits for the other workers only; the last worker
/// to exit does the rest. A pool of coroutines must not end in its own task: it would wait for its own end.
template<class Job, class R>
class pool_state final : public pool_core {
  using maker = handler_maker<Job, R>;
  using job_type = typed_job<Job, R>;
  using runner = job_runner<Job, R>;

 public:
  using key_function = std::function<std::size_t(const Job&)>;

  pool_state(const context& parent, std::size_t width, std::unique_ptr<maker> handlers, key_function key,
             pool_options options)
      : pool_core(width, std::move(options), key != nullptr, handlers->gives_tasks),
        own_(with_cancel(parent)),
        runner_(own_.ctx, std::move(handlers), this->options()),
        key_(std::move(key)),
        lost_(own_.ctx, this->options().name),
        ended_by_context_(std::in_place, own_.ctx.stop_token(), when_context_ends{this}),
        workers_(std::in_place, with_value(own_.ctx, is_task_of_pool, this)),
        feeders_(std::in_place, workers_->ctx(), at_least(std::numeric_limits<std::size_t>::max())) {
    const bool caller_runs = this->options().when_full == when_full::caller_runs;
    BRAID_CHECK(!caller_runs || (runner_.handlers().are_shared() && !runner_.handlers().give_tasks() && !key_),
                "a worker pool was given when_full::caller_runs with per_worker, by_key or a coroutine: its caller "
                "has no worker's handler, no turn of a key, and runs no coroutine");
  }

  const context& ctx() const noexcept { return own_.ctx; }
  void cancel(std::string why) { own_.cancel(std::move(why)); }
  lost_failures& lost() noexcept { return lost_; }
  kept_jobs<Job>& kept_for_stop() noexcept { return kept_for_stop_; }
  std::size_t key_of(const Job& job) const { return key_ ? key_(job) : 0; }
  /// The group of the tasks of attach(). A failure of one goes to its future only.
  task_group& feeders() noexcept { return *feeders_; }
  /// Ends the program if the pool must not end on this thread or in this task.
  void check_may_end_here() noexcept BRAID_EXCLUDES(lock_) {
    const void* const* const inside = current_context().value(is_task_of_pool);
    bool is_own_task = inside && *inside == this;
    {
      spin_guard guard(lock_);
      if (worker_here()) is_own_task = runner_.handlers().give_tasks();
    }
    BRAID_CHECK(!is_own_task,
                "a worker pool ended inside one of its own tasks, a job that is a coroutine or its attach(), and would "
                "wait for its own end: let an owner outside keep it longer");
  }
  /// Stops the pool and returns the jobs that no worker has begun, except those of batches and streams. Throws
  /// std::bad_alloc, and stops nothing, if there is no memory for them.
  std::vector<Job> stop_and_take(const char* why, bool aborts) BRAID_EXCLUDES(lock_) {
    const drop_reason dropped = drop_reason::dropped(why);
    std::vector<Job> jobs;
    const auto keep = [&jobs](pool_job& job) {
      std::optional<Job>& work = static_cast<job_type&>(job).job;
      jobs.push_back(std::move(*work));
      work.reset();
    };
    ended_jobs over;
    do {
      jobs.reserve(std::max(2 * jobs.capacity(), not_begun()));
    } while (!stop(dropped, over, keep, aborts, jobs.capacity()));
    return jobs;
  }
  /// Like an abort, but no caller gets the jobs that were not started: those of attached channels go back there.
  void end_alone() noexcept {
    kept_for_stop_.refuse();
    {
      ended_jobs over;
      stop(dropped_at_end_, over, {}, true);
    }
    own_.cancel(pool_ended());
  }
  /// Call when the pool has ended and been cancelled. On a worker's thread, leaves the rest to the last worker.
  void join() noexcept {
    if (!is_left_to_workers()) let_go_of_users();
  }

  /// Returns `wanted`, but ended by the end of the pool as well.
  context job_context(const context& wanted) const {
    if (wanted.scope().get() == ctx().scope().get()) return wanted;
    return with_stop(wanted, ctx().stop_token());
  }

  /// Returns true if the calling thread may run jobs.
  bool takes_guest_here() const noexcept { return !runner_.handlers().give_tasks() && !worker::current(); }
  /// Runs jobs of `stream` on the calling thread instead of waiting for them. Not on a worker of an executor, whose
  /// other tasks would wait, and not if handlers are coroutines.
  void help_with(stream_jobs& stream) noexcept {
    if (!takes_guest_here()) return;
    pool_guest guest(*this, stream);
    pool_worker me(*this);
    std::optional<scoped_performer> under;
    for (pool_job* job = guest.first(); job; job = guest.next(*job)) {
      if (guest.is_to_hire()) hire();
      const worker_thread_guard here(me);
      runner_.run_on_thread(me, static_cast<job_type&>(*job), under);
    }
    under.reset();
    if (guest.has_done_any()) worker_has_left();
  }
  /// Accepts a job for which there was no room, and which its caller runs next (when_full::caller_runs). Returns false
  /// if the pool has been closed meanwhile.
  bool accept_for_caller() noexcept BRAID_EXCLUDES(lock_) {
    check_workers();
    spin_guard guard(lock_);
    if (!is_open()) return false;
    caller_begins();
    return true;
  }
  /// Runs the job on the caller's thread, after accept_for_caller(). Calls `tell` once the job has ended.
  template<class Tell>
  void run_here(job_type& job, Tell tell) {
    pool_worker me(*this);
    me.has_place = false;
    {
      std::optional<scoped_performer> under;
      const worker_thread_guard here(me);
      runner_.run_on_thread(me, job, under);
    }
    {
      wake_chain wakes;
      spin_guard guard(lock_);
      caller_ends(job, wakes);
    }
    tell();
    worker_has_left();
  }

 private:
  struct thread_worker final : runnable {
    explicit thread_worker(std::shared_ptr<pool_state> of) : works_for(std::move(of)) {}
    void run() noexcept override {
      const std::shared_ptr<pool_state> pool = std::move(works_for);
      delete this;
      pool->work_on_thread();
    }
    std::shared_ptr<pool_state> works_for;
  };

  bool start_worker() noexcept override {
    try {
      if (runner_.handlers().give_tasks()) return workers_->spawn(always_begun{work_in_task}, this), true;
      auto worker = std::make_unique<thread_worker>(std::static_pointer_cast<pool_state>(shared_from_this()));
      if (!thread_cache::run(*worker)) return false;
      static_cast<void>(worker.release());  // it deletes itself
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  // --- plain functions ---

  void work_on_thread() noexcept {
    pool_worker me(*this);
    {
      const worker_thread_guard here(me);
      next_job next(*this);
      std::optional<scoped_performer> under;  // of the last job, kept while jobs follow each other
      for (bool answered = false;;) {
        if (!answered && !next.look_again()) under.reset(), next.get();
        pool_job* const job = next.result();
        if (!job) break;
        if (next.is_to_hire()) hire();
        runner_.run_on_thread(me, static_cast<job_type&>(*job), under);
        answered = next.finish(*job);
      }
      runner_.handlers().drop_one();
    }
    worker_left(me);
    worker_has_left();
  }
  void worker_has_left() noexcept {
    if (is_left_to_the_last_worker()) let_go_of_users();
  }
  /// Destroys the objects of the user now, not with the last future. Nothing of the pool runs any more, except threads
  /// on their last steps.
  void let_go_of_users() noexcept {
    end_watch();
    ended_by_context_.reset();
    feeders_.reset();
    workers_.reset();
    runner_.handlers().clear();
    key_ = nullptr;
    drop_hooks();
  }

  // --- coroutines ---

  static task<> work_in_task(pool_state* pool) {
    pool_worker me(*pool);
    me.task = &performer::current();
    pool->worker_came(me);
    next_job next(*pool);
    for (bool answered = false;;) {
      if (!answered) co_await next;
      pool_job* const job = next.result();
      if (!job) break;
      if (next.is_to_hire()) pool->hire();
      auto running = runner::run_in_task(&me, &pool->runner_, static_cast<job_type*>(job));
      co_await running;
      answered = next.finish(*job);
    }
    pool->runner_.handlers().drop_one();
    pool->worker_left(me);
  }
  struct when_context_ends {
    pool_state* pool;
    void operator()() const noexcept { pool->context_ended(); }
  };

  const cancellable own_;
  const drop_reason dropped_at_end_ = drop_reason::dropped(pool_ended().get()->text);  ///< Made before it is needed.
  runner runner_;
  key_function key_;
  lost_failures lost_;
  kept_jobs<Job> kept_for_stop_;
  std::optional<std::stop_callback<when_context_ends>> ended_by_context_;
  std::optional<task_group> workers_;  ///< The coroutines.
  std::optional<task_group> feeders_;
};

}  // namespace braid::detail
