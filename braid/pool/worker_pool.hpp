// A worker pool: long-lived workers that compete for the jobs given to the pool.
//
//   braid::worker_pool pool(4, [](const movement& m) { return book(m); });
//
//   receipt one = pool.call(m);                                // waits for it, or throws what the handler threw
//   braid::future<receipt> later = pool.async(m);              // accepted; later.get() is the receipt, or throws
//   pool.post(m);                                              // accepted; the receipt is dropped
//   auto op = pool.submit(m);                                  // the operation behind these, for select and co_await
//   std::vector<receipt> all = pool.run(movements);            // in the order of the batch; throws batch_error
//   for (auto& [job, outcome] : pool.stream(movements)) ...    // as they are ready; never throws for a job
//   auto fed = pool.attach(jobs_rx, results_tx);               // from a channel to a channel
//   pool.drain().get();                                        // no more jobs, and every one has ended
//
// The handler takes (Job) or (context, Job), and is a plain function or a coroutine. Job and R are deduced from it, or
// given: worker_pool<movement, receipt>. Plain functions run on up to `workers` threads that the pool keeps; up to
// `workers` coroutines run at once on the executor (law F0). A worker that is at work also takes the next job. Another
// one is woken for a job that has waited 20 us, but not if jobs are shorter than half a microsecond. All workers share
// the handler, so it is called as const; per_worker(make) gives each its own.
//
// Jobs wait for a worker in a queue (pool_options), in the order of their acceptance or by priority. With by_key(key),
// jobs of one key run one after the other, in order. Batches and streams take turns with submitted jobs, one job each.
//
// A handler may use its own pool: submit to it, wait for a job that it submitted, run a batch. While it waits it does
// not count as one of the `workers`, and the job that it waits for runs next, before the jobs in the queue: so the
// handler may hold a lock that those want. When it continues it counts again, and until another job ends there may be
// more than `workers`. Its submits do not wait for room. These waits of a handler do not end: for a job behind its own
// key; for a job of a pool that stays paused; for a job that nothing submits; and waits of handlers of two pools for
// each other, in a circle. Each pool knows only the waits for itself: not those for a task group, or for a stage other
// than through(pool), whose tasks wait for the pool.
//
// All functions: any thread, also inside a handler. The destructor aborts the pool and waits, on the calling thread.
// The last owner of a pool may be destroyed inside the pool's own work: with a job, a result, an exception, a hook, a
// worker's handler. Then the destructor waits for the other jobs only. The last owner must not be destroyed in a
// coroutine of the pool or in its attach(): that ends the program with a message. So does a call in the child of a
// fork, which has none of the workers; there the destructor does nothing.
#pragma once

#include <memory>
#include <ranges>
#include <utility>
#include <vector>

#include "braid/base/argument.hpp"
#include "braid/flow/lanes.hpp"
#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/pool/attach.hpp"
#include "braid/pool/pool_deduction.hpp"
#include "braid/pool/pool_end.hpp"
#include "braid/pool/pool_idle.hpp"
#include "braid/pool/submit.hpp"
#include "braid/pool/through.hpp"

namespace braid {

template<class Job, class R>
class worker_pool {
  using state = detail::pool_state<Job, R>;
  using key_function = typename state::key_function;

 public:
  using job_type = Job;
  static_assert(
      std::is_nothrow_move_constructible_v<Job>,
      "the jobs of a worker pool must move without throwing, or one could be lost: use a std::unique_ptr of it");

  /// Jobs run under a child of `parent`, by default of the current context. Starts the first worker; the others are
  /// started when there are jobs for them. Throws no_thread_left if the system has no thread.
  template<detail::handler_of<Job, R> F>
  worker_pool(const context& parent, workers count, F handler, pool_options options = {})
      : worker_pool(parent, count, nullptr, detail::maker_of<Job, R>(std::move(handler)), std::move(options)) {}
  template<detail::handler_of<Job, R> F>
  worker_pool(workers count, F handler, pool_options options = {})
      : worker_pool(current_context(), count, std::move(handler), std::move(options)) {}
  template<detail::key_of<Job> Key, detail::handler_of<Job, R> F>
  worker_pool(const context& parent, workers count, detail::keyed<Key> key, F handler, pool_options options = {})
      : worker_pool(parent, count, hash_by(std::move(key)), detail::maker_of<Job, R>(std::move(handler)),
                    std::move(options)) {}
  template<detail::key_of<Job> Key, detail::handler_of<Job, R> F>
  worker_pool(workers count, detail::keyed<Key> key, F handler, pool_options options = {})
      : worker_pool(current_context(), count, std::move(key), std::move(handler), std::move(options)) {}
  template<detail::no_handler_of<Job, R> F>
  BRAID_REFUSED(BRAID_POOL_HANDLER)
  worker_pool(workers count, F handler, pool_options options = {});
  template<detail::no_handler_of<Job, R> F>
  BRAID_REFUSED(BRAID_POOL_HANDLER)
  worker_pool(const context& parent, workers count, F handler, pool_options options = {});
  template<detail::no_key_of<Job> Key, class F>
  BRAID_REFUSED(BRAID_KEY_OF_ITEMS)
  worker_pool(workers count, detail::keyed<Key> key, F handler, pool_options options = {});
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;
  ~worker_pool() {
    if (detail::left_to_parent(state_)) return;
    state_->check_may_end_here();
    state_->end_alone();
    try {
      detail::pool_end(state_, [](state&) {}).get();
    } catch (const no_thread_left&) {
      detail::fail(
          "a worker pool ended on a worker of an executor, and no thread was left to take over while it waits for its "
          "jobs: drain() it in the coroutine before");
    }
    state_->join();
    state_->lost().report_rest();
  }

  /// Returns an operation that is ready when the job is accepted and gives the future of the handler's value. Waits for
  /// room in the queue, or acts as pool_options::when_full says; throws pool_closed once the pool is closed. The job
  /// stays in the operation until it is accepted: op.job(). In a pool without pool_options::priorities a priority
  /// throws std::invalid_argument.
  detail::submit_wait<Job, R> submit(const context& ctx, Job job, std::int64_t priority = 0) {
    detail::check_priority(priority, state_->options());
    return detail::submit_wait<Job, R>(here(), ctx, std::move(job), priority);
  }
  detail::submit_wait<Job, R> submit(Job job, std::int64_t priority = 0) {
    return submit(state_->ctx(), std::move(job), priority);
  }

  // For threads; a coroutine awaits submit().
  /// Blocks until the job is accepted, as submit() says, and returns its future. A job that is refused is destroyed.
  future<R> async(Job job, std::int64_t priority = 0) { return submit(std::move(job), priority).get(); }
  /// Blocks until the job has ended. Returns the handler's value, or throws its exception.
  R call(Job job, std::int64_t priority = 0) { return async(std::move(job), priority).get(); }
  /// Blocks until the job is accepted. The handler's value is dropped; its exception goes to on_lost_failure, or comes
  /// out of drain().
  void post(Job job, std::int64_t priority = 0) { static_cast<void>(async(std::move(job), priority)); }

  /// Returns a stream of job_result, one for each job of `jobs`, as they are ready or `ordered`. Pulls the jobs from
  /// the range, which it owns if that is a temporary. In flight are at most 64 jobs more than there are workers, or n
  /// more with slack(n). With few of them the consumer sleeps and wakes for each result.
  template<std::ranges::input_range Jobs, class... Options>
  stream<job_result<Job, R>> stream(Jobs&& jobs, Options... options) {
    return from(std::forward<Jobs>(jobs)) | through(slack(64), options...);
  }
  /// Runs all jobs and returns their values in the same order; nothing for R = void. Blocks the thread. Unless that
  /// belongs to an executor, it runs jobs of the batch itself, as one of the `workers`, while no other jobs are in
  /// line. Throws batch_error, which holds every outcome, when all have ended and one has failed; `cancelled` if the
  /// context ends. In a coroutine: auto s = pool.stream(jobs, ordered); values_of(co_await s.into(collect())).
  template<std::ranges::sized_range Jobs>
  auto run(const context& ctx, Jobs&& jobs) {
    const auto count = static_cast<std::size_t>(std::ranges::size(jobs));
    detail::pool_stage_maker<Job, R> all{here(), detail::stage_options(1, ordered, slack::of(count)),
                                         detail::stage_use::batch};
    return values_of(from(std::forward<Jobs>(jobs)) | std::move(all) | collect(ctx));
  }
  template<std::ranges::sized_range Jobs>
  auto run(Jobs&& jobs) {
    return run(current_context(), std::forward<Jobs>(jobs));
  }
  /// Runs the jobs received from `jobs` and sends the result of each, until `jobs` ends or the pool is closed. Then
  /// drops both its channel ends. Returns the future of the number of results sent. Runs as a task on the executor.
  ///
  /// drain() and stop() end it: drain() runs the jobs that were received, and stop() hands back those not started, like
  /// submitted ones. Jobs still in the channel stay there; with its last receiver gone, sends fail. abort() and the end
  /// of the pool cancel it: then results not sent yet are dropped, and the future throws.
  future<std::size_t> attach(receiver<Job> jobs, sender<job_result<Job, R>> results) {
    return here()->feeders().async(detail::always_begun{detail::feed_pool<Job, R>}, state_, std::move(jobs),
                                   std::move(results));
  }

  /// Closes the pool: no more jobs are accepted. Returns an operation that waits until all accepted jobs have ended and
  /// no worker is left. It throws the first exception of a job whose future was dropped.
  auto drain() {
    close();
    return detail::pool_end(state_, [](state& pool) {
      if (const std::exception_ptr lost = pool.lost().take()) std::rethrow_exception(lost);
    });
  }
  /// Waits until no accepted job waits or runs, at one moment; the pool stays open. Also waits for jobs that jobs
  /// submit. A submit that waits for room, and jobs still in an attached channel, are not accepted. A paused pool that
  /// has jobs is not idle before resume(). In a job of the pool, waits for all other jobs, apart from those that wait
  /// in the same way.
  detail::idle_wait wait_idle() { return detail::idle_wait(here()); }

  /// Closes the pool and takes back now the jobs that no worker has begun. Returns an operation that waits for the
  /// running jobs. It gives the submitted jobs that were taken back, whose futures throw job_dropped, and those of
  /// attached channels. Jobs of batches and streams come out there, with job_dropped as their error. Throws
  /// std::bad_alloc, and does nothing, if there is no memory for the jobs to take back; so does abort().
  auto stop() { return end_giving(here()->stop_and_take("its worker pool was stopped", false)); }
  /// Does the same and cancels the running jobs: the context of their handlers ends.
  auto abort(std::string why = "its worker pool was aborted") {
    std::vector<Job> taken = here()->stop_and_take(why.c_str(), true);
    state_->cancel(std::move(why));
    return end_giving(std::move(taken));
  }

  /// Jobs that run continue; none is started until resume(). A paused pool that has jobs is not drained before that.
  void pause() { set_paused(true); }
  void resume() { set_paused(false); }
  /// Sets the number of workers. Workers above it finish their jobs and exit. Throws std::invalid_argument unless
  /// `count` is from 1 to workers::most.
  void resize(int count) {
    detail::checked_argument("workers of a pool", count, 1, workers::most);
    detail::wake_chain wakes;
    detail::spin_guard guard((state_->check_workers(), state_->lock()));
    state_->set_width(static_cast<std::size_t>(count), wakes);
  }
  pool_stats stats() const {
    detail::spin_guard guard((state_->check_workers(), state_->lock()));
    return state_->stats();
  }
  /// The context that submitted jobs run under.
  const context& ctx() const noexcept { return state_->ctx(); }

  // For through(pool): the stage that runs the items in this pool.
  template<class... Options>
  detail::pool_stage_maker<Job, R> through(Options... options) const {
    return {here(), detail::stage_options(1, options...), detail::stage_use::stream};
  }

 private:
  worker_pool(const context& parent, workers count, key_function key,
              std::unique_ptr<detail::handler_maker<Job, R>> handlers, pool_options options)
      : state_(std::make_shared<state>(parent, count.in(parent.env()), std::move(handlers), std::move(key),
                                       std::move(options))) {
    if (!state_->hire()) throw no_thread_left("the system gives worker pool '" + state_->options().name + "' none");
  }

  template<class Key>
  static key_function hash_by(detail::keyed<Key> key) {
    return [key = std::move(key)](const Job& job) { return key.hash(job); };
  }
  const std::shared_ptr<state>& here() const noexcept { return state_->check_workers(), state_; }
  auto end_giving(std::vector<Job>&& taken) {
    return detail::pool_end(state_, [taken = std::move(taken)](state& pool) mutable {
      pool.kept_for_stop().move_to(taken);
      return std::move(taken);
    });
  }
  void close() {
    detail::wake_chain wakes;
    detail::spin_guard guard((state_->check_workers(), state_->lock()));
    state_->close(wakes);
  }
  void set_paused(bool paused) {
    detail::wake_chain wakes;
    detail::spin_guard guard((state_->check_workers(), state_->lock()));
    state_->set_paused(paused, wakes);
  }
  const std::shared_ptr<state> state_;
};

/// See through.hpp.
template<class Job, class R, class... Options>
auto through(const worker_pool<Job, R>& pool, Options... options) {
  return pool.through(options...);
}

}  // namespace braid
