// The user's function that runs a pool's jobs: one that all workers share, or one for each worker.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "braid/base/make_derived.hpp"
#include "braid/base/refused.hpp"
#include "braid/flow/retry.hpp"
#include "braid/flow/timeout.hpp"
#include "braid/pool/pool_job.hpp"
#include "braid/sync/map_call.hpp"

namespace braid {
namespace detail {

template<class Make>
struct per_worker_handler {
  Make make;
};

}  // namespace detail

/// Gives each worker a handler of its own, for example with a connection, a buffer or a parser. It is made before its
/// first job, on the thread that runs that job, and may change itself. There are no more handlers than jobs that run at
/// once; a handler runs one job at a time, and threads take turns with handlers. They are destroyed by the end of the
/// pool. If make() throws, the job that was to be run fails with that exception, and the next job tries again.
template<std::invocable Make>
detail::per_worker_handler<Make> per_worker(Make make) {
  return {std::move(make)};
}
namespace detail {

// --- what a handler takes and gives ---

template<class F>
struct signature_of {};
template<class F>
requires requires {
  typename std::type_identity<decltype(&F::operator())>;
}
struct signature_of<F> : signature_of<decltype(&F::operator())> {};
template<class R, class Job>
struct signature_of<R (*)(Job)> {
  using job = std::remove_cvref_t<Job>;
  using value = typename end_value<R>::type;
};
template<class R, class Job>
struct signature_of<R (*)(const context&, Job)> : signature_of<R (*)(Job)> {};
template<class R, class Job>
struct signature_of<R (*)(context, Job)> : signature_of<R (*)(Job)> {};
template<class R, class... As>
struct signature_of<R (*)(As...) noexcept> : signature_of<R (*)(As...)> {};
template<class F, class R, class... As>
struct signature_of<R (F::*)(As...)> : signature_of<R (*)(As...)> {};
template<class F, class R, class... As>
struct signature_of<R (F::*)(As...) const> : signature_of<R (*)(As...)> {};
template<class F, class R, class... As>
struct signature_of<R (F::*)(As...) noexcept> : signature_of<R (*)(As...)> {};
template<class F, class R, class... As>
struct signature_of<R (F::*)(As...) const noexcept> : signature_of<R (*)(As...)> {};
template<class Make>
struct signature_of<per_worker_handler<Make>> : signature_of<std::decay_t<std::invoke_result_t<Make&>>> {};
template<class F>
struct signature_of<retried_call<F>> : signature_of<F> {};
template<class F>
struct signature_of<timed_call<F>> : signature_of<F> {};

// --- one worker's handler ---

template<class Job, class R>
class pool_handler {
 public:
  pool_handler() = default;
  pool_handler(const pool_handler&) = delete;
  pool_handler& operator=(const pool_handler&) = delete;
  virtual ~pool_handler() = default;

  /// Runs a plain function to its end and stores its value in the job. For a coroutine returns its task.
  virtual std::optional<task<R>> run(typed_job<Job, R>& job) = 0;
};

/// Passes the job as const if the handler can take it so: then it stays whole for the report. Otherwise moves it in.
template<class F, class Job>
decltype(auto) call_with_job(F& f, const context& ctx, Job& job) {
  if constexpr (maps<F, const Job&>) {
    return call(f, ctx, std::as_const(job));
  } else {
    return call(f, ctx, std::move(job));
  }
}
template<class F, class Job>
using pool_call_result =
    decltype(call_with_job(std::declval<F&>(), std::declval<const context&>(), std::declval<Job&>()));
template<class F, class Job>
inline constexpr bool is_task_handler = end_value<pool_call_result<F, Job>>::is_task;

/// The callee: the function that all workers share, or a worker's own.
template<class F>
struct called_handler {
  using type = const F;
};
template<class Make>
struct called_handler<per_worker_handler<Make>> {
  using type = std::decay_t<std::invoke_result_t<Make&>>;
};
template<class F, class Job>
concept takes_job = maps<F, const Job&> || maps<F, Job>;
template<class F, class Job, class R>
inline constexpr bool gives = std::is_void_v<R> || std::is_convertible_v<pool_call_result<F, Job>, R>;
template<class F, class Job, class R>
requires is_task_handler<F, Job>
inline constexpr bool gives<F, Job, R> = std::same_as<pool_call_result<F, Job>, task<R>>;
template<class F, class Job, class R>
concept does_job = takes_job<F, Job> && gives<F, Job, R>;
template<class F, class Job, class R>
concept handler_of = does_job<typename called_handler<F>::type, Job, R>;
template<class F, class Job, class R>
concept no_handler_of = !handler_of<F, Job, R>;
#define BRAID_POOL_HANDLER                                                                                             \
  "the handler of this worker pool is called as const with (Job) or (context, Job), and gives R or task<R>; one that " \
  "changes itself, or has a state for each worker, is made by per_worker(make)"
#define BRAID_POOL_JOB                                                                                                \
  "the type of the jobs cannot be told from this handler (generic, overloaded, or made by std::bind_front): say it, " \
  "braid::worker_pool<job, result> pool(n, handler)"

template<class Job, class R, class F>
class bound_handler final : public pool_handler<Job, R> {
  using function = std::remove_reference_t<F>;

 public:
  explicit bound_handler(F f) : f_(std::forward<F>(f)) {}
  std::optional<task<R>> run(typed_job<Job, R>& job) override {
    if constexpr (is_task_handler<function, Job>) {
      return call_with_job(f_, job.ctx(), *job.job);
    } else if constexpr (std::is_void_v<R>) {
      call_with_job(f_, job.ctx(), *job.job);
      job.place_of_value().emplace();
      return std::nullopt;
    } else {
      job.place_of_value().emplace(call_with_job(f_, job.ctx(), *job.job));
      return std::nullopt;
    }
  }

 private:
  F f_;
};

/// Makes the handlers of the workers.
template<class Job, class R>
class handler_maker {
 public:
  handler_maker() = default;
  handler_maker(const handler_maker&) = delete;
  handler_maker& operator=(const handler_maker&) = delete;
  virtual ~handler_maker() = default;
  virtual std::unique_ptr<pool_handler<Job, R>> make() = 0;
  bool gives_tasks = false;
  bool is_shared = false;  ///< Any thread may call a handler.
};

template<class Job, class R, class F>
class shared_maker final : public handler_maker<Job, R> {
 public:
  explicit shared_maker(F f) : f_(std::move(f)) {
    this->gives_tasks = is_task_handler<const F, Job>;
    this->is_shared = true;
  }
  std::unique_ptr<pool_handler<Job, R>> make() override {
    return make_derived<pool_handler<Job, R>, bound_handler<Job, R, const F&>>(f_);
  }

 private:
  const F f_;
};

template<class Job, class R, class Make>
class own_maker final : public handler_maker<Job, R> {
  using F = std::decay_t<std::invoke_result_t<Make&>>;

 public:
  explicit own_maker(Make make) : make_(std::move(make)) { this->gives_tasks = is_task_handler<F, Job>; }
  /// Several workers may call it at once.
  std::unique_ptr<pool_handler<Job, R>> make() override {
    return make_derived<pool_handler<Job, R>, bound_handler<Job, R, F>>(std::invoke(std::as_const(make_)));
  }

 private:
  const Make make_;
};

template<class Job, class R, class F>
std::unique_ptr<handler_maker<Job, R>> maker_of(F f) {
  return make_derived<handler_maker<Job, R>, shared_maker<Job, R, F>>(std::move(f));
}
template<class Job, class R, class Make>
std::unique_ptr<handler_maker<Job, R>> maker_of(per_worker_handler<Make> own) {
  return make_derived<handler_maker<Job, R>, own_maker<Job, R, Make>>(std::move(own.make));
}

}  // namespace detail
}  // namespace braid
