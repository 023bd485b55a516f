// A pool of Jobs that give R: its workers, who run the handler, and what a job runs under.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stop_token>
#include <utility>

#include "braid/flow/control.hpp"
#include "braid/pool/handler_stock.hpp"
#include "braid/pool/kept_jobs.hpp"
#include "braid/pool/lost_failures.hpp"
#include "braid/pool/pool_worker.hpp"
#include "braid/runtime/thread_cache.hpp"
#include "braid/sync/task_group.hpp"

namespace braid::detail {

/// Held by the pool, by its threads and by its futures. The pool waits for the workers before it goes.
template<class Job, class R>
class pool_state final : public pool_core {
  using maker = handler_maker<Job, R>;
  using job_type = typed_job<Job, R>;

 public:
  using key_function = std::function<std::size_t(const Job&)>;

  pool_state(const context& parent, std::size_t width, std::unique_ptr<maker> handlers, key_function key,
             pool_options options)
      : pool_core(width, std::move(options), key != nullptr, handlers->gives_tasks),
        own_(with_cancel(parent)),
        handlers_(std::move(handlers)),
        key_(std::move(key)),
        lost_(own_.ctx, this->options().name),
        ended_by_context_(std::in_place, own_.ctx.stop_token(), when_context_ends{this}),
        workers_(std::in_place, own_.ctx),
        feeders_(std::in_place, own_.ctx, at_least(std::numeric_limits<std::size_t>::max())) {
    const bool caller_runs = this->options().when_full == when_full::caller_runs;
    BRAID_CHECK(!caller_runs || (handlers_.are_shared() && !handlers_.give_tasks() && !key_),
                "a worker pool was given when_full::caller_runs with per_worker, by_key or a coroutine: its caller "
                "has no worker's handler, no turn of a key, and runs no coroutine");
  }

  const context& ctx() const noexcept { return own_.ctx; }
  void cancel(std::string why) { own_.cancel(std::move(why)); }
  lost_failures& lost() noexcept { return lost_; }
  kept_jobs<Job>& kept_for_stop() noexcept { return kept_for_stop_; }
  std::size_t key_of(const Job& job) const { return key_ ? key_(job) : 0; }
  /// What attach() runs in. One that fails is its future's business alone.
  task_group& feeders() noexcept { return *feeders_; }
  /// When the pool has ended and been cancelled: nothing of it runs any more, but for threads on their last steps. What
  /// is the user's goes now, not with the last future.
  void join() noexcept {
    end_watch();
    ended_by_context_.reset();
    feeders_.reset();
    workers_.reset();
    handlers_.clear();
    key_ = nullptr;
    drop_hooks();
  }

  /// `wanted`, ended by the end of the pool, too.
  context job_context(const context& wanted) const {
    if (wanted.scope().get() == ctx().scope().get()) return wanted;
    return with_stop(wanted, ctx().stop_token());
  }

  /// May the calling thread do jobs?
  bool takes_guest_here() const noexcept { return !handlers_.give_tasks() && !worker::current(); }
  /// The calling thread does jobs of `lane`, where it would wait for them. Not on a worker of an executor, whose other
  /// tasks would wait, and not where handlers are coroutines.
  void help_with(pool_lane& lane) noexcept {
    if (!takes_guest_here()) return;
    pool_guest guest(*this, lane);
    pool_worker me(*this);
    std::optional<control> under;
    for (pool_job* job = guest.first(); job; job = guest.next(*job)) {
      if (guest.is_to_hire()) hire();
      run_as(me, static_cast<job_type&>(*job), under);
    }
  }
  /// On the thread of a caller whose job found no room (when_full::caller_runs).
  void run_here(job_type& job) {
    std::optional<control> under;
    run_on_thread(job, under);
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
      if (handlers_.give_tasks()) return workers_->spawn(work_in_task, this), true;
      auto worker = std::make_unique<thread_worker>(std::static_pointer_cast<pool_state>(shared_from_this()));
      if (!thread_cache::run(*worker)) return false;
      static_cast<void>(worker.release());  // its own now
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  // --- plain functions ---

  void work_on_thread() noexcept {
    pool_worker me(*this);
    {
      next_job next(*this);
      std::optional<control> under;  // of the last job, while one follows the other
      for (bool answered = false;;) {
        if (!answered && !next.look_again()) under.reset(), next.get();
        pool_job* const job = next.result();
        if (!job) break;
        if (next.is_to_hire()) hire();
        run_as(me, static_cast<job_type&>(*job), under);
        answered = next.finish(*job);
      }
      handlers_.drop_one();
    }
    worker_left(me);
  }
  void run_as(pool_worker& me, job_type& job, std::optional<control>& under) noexcept {
    const worker_thread_guard here(me);
    run_on_thread(job, under);
  }
  void run_on_thread(job_type& job, std::optional<control>& under) noexcept {
    if (!under || under->scope() != job.ctx().scope().get()) under.emplace(job.ctx());
    {
      const current_performer_guard here(*under);
      try {
        check_is_wanted(job);
        job.mark_started();
        const auto own = handlers_.borrow();
        own->run(job);
      } catch (...) {
        job.fail(std::current_exception());
      }
    }
    job_has_run(job);
  }
  /// Throws if the context of the job has ended, or the pool's, which its own hears of a moment later.
  void check_is_wanted(const job_type& job) const {
    job.ctx().check();
    ctx().check();
  }
  void job_has_run(job_type& job) noexcept {
    if (!job.was_dropped() && options().on_job_end) options().on_job_end(job.error());
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
      auto running = run_in_task(&me, pool, static_cast<job_type*>(job));
      co_await running;
      answered = next.finish(*job);
    }
    pool->handlers_.drop_one();
    pool->worker_left(me);
  }
  static task<> run_in_task(pool_worker* me, pool_state* pool, job_type* job) {
    std::exception_ptr error;
    try {
      pool->check_is_wanted(*job);
      const auto own = pool->handler_for(*job);
      if (job->ctx().scope().get() == pool->ctx().scope().get()) {
        auto work = perform(job, own.get());
        co_await work;
      } else {
        auto work = perform_under(me, job, own.get());
        co_await work;
      }
    } catch (...) {
      error = std::current_exception();
    }
    if (error) job->fail(std::move(error));
    pool->job_has_run(*job);
  }
  auto handler_for(job_type& job) {
    try {
      return handlers_.borrow();
    } catch (...) {
      job.mark_started();
      throw;
    }
  }
  static task<> perform(job_type* job, pool_handler<Job, R>* own) {
    job->mark_started();
    std::optional<task<R>> work = own->run(*job);
    if constexpr (std::is_void_v<R>) {
      co_await *work;
      job->place_of_value().emplace();
    } else {
      R value = co_await *work;
      job->place_of_value().emplace(std::move(value));
    }
  }
  /// As a task of its own, so that the end of the job's context ends its waits.
  static task<> perform_under(pool_worker* me, job_type* job, pool_handler<Job, R>* own) {
    task_group alone(job->ctx());
    alone.spawn(perform_as, me, job, own);
    auto all = alone.join();
    co_await all;
  }
  static task<> perform_as(pool_worker* me, job_type* job, pool_handler<Job, R>* own) {
    const worker_task_guard here(*me);
    auto work = perform(job, own);
    co_await work;
  }

  struct when_context_ends {
    pool_state* pool;
    void operator()() const noexcept { pool->context_ended(); }
  };

  const cancellable own_;
  handler_stock<Job, R> handlers_;
  key_function key_;
  lost_failures lost_;
  kept_jobs<Job> kept_for_stop_;
  std::optional<std::stop_callback<when_context_ends>> ended_by_context_;
  std::optional<task_group> workers_;  ///< Coroutines.
  std::optional<task_group> feeders_;
};

}  // namespace braid::detail
