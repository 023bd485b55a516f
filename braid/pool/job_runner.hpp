// Runs a job of a pool: under its context, with a handler, on a worker's thread or in its task.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "braid/pool/handler_stock.hpp"
#include "braid/pool/pool_options.hpp"
#include "braid/pool/pool_worker.hpp"
#include "braid/sync/scoped_performer.hpp"
#include "braid/sync/task_group.hpp"

namespace braid::detail {

/// All user code of a job, and the destructor of a submitted Job, is done before the pool is told of the job's end: any
/// of it may destroy the last owner of the pool.
template<class Job, class R>
class job_runner {
  using job_type = typed_job<Job, R>;

 public:
  /// `options` belong to the pool and outlive this object.
  job_runner(const context& ctx, std::unique_ptr<handler_maker<Job, R>> handlers, const pool_options& options)
      : ctx_(ctx), handlers_(std::move(handlers)), options_(options) {}

  handler_stock<Job, R>& handlers() noexcept { return handlers_; }
  const handler_stock<Job, R>& handlers() const noexcept { return handlers_; }

  /// Runs a job as the worker `me`, which is the calling thread. `under` is kept for the next job.
  void run_on_thread(pool_worker& me, job_type& job, std::optional<scoped_performer>& under) noexcept {
    me.has_job = true;
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
    job_has_run(me, job);
  }
  /// Runs a job as the worker `me`, which is a task.
  static task<> run_in_task(pool_worker* me, job_runner* by, job_type* job) {
    me->has_job = true;
    std::exception_ptr error;
    try {
      by->check_is_wanted(*job);
      const auto own = by->handler_for(*job);
      if (job->ctx().scope().get() == by->ctx_.scope().get()) {
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
    by->job_has_run(*me, *job);
  }

 private:
  /// Throws if the job's context or the pool's has ended. The pool's end reaches the job's context a moment later.
  void check_is_wanted(const job_type& job) const {
    job.ctx().check();
    ctx_.check();
  }
  void job_has_run(pool_worker& me, job_type& job) noexcept {
    if (!job.was_dropped() && options_.on_job_end) options_.on_job_end(job.error());
    if (job.is_submitted()) job.job.reset();
    me.has_job = false;
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
  /// Runs the job as a task of its own, so that the end of the job's context ends its waits.
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

  const context ctx_;
  handler_stock<Job, R> handlers_;
  const pool_options& options_;
};

}  // namespace braid::detail
