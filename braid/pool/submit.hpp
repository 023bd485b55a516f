// pool.submit(job): the operation, and the submitted job.
#pragma once

#include <memory>
#include <utility>

#include "braid/pool/pool_errors.hpp"
#include "braid/pool/pool_state.hpp"
#include "braid/sync/future.hpp"

namespace braid::detail {

/// A submitted job. The pool lives until a worker has ended the job; for later the future has a share of the pool.
template<class Job, class R>
class submitted final : public typed_job<Job, R>, public shared_state<R>, public recycled {
  using promise = shared_state<R>;
  using pool_type = pool_state<Job, R>;

 public:
  submitted(pool_type& pool, const context& ctx, Job&& work, std::int64_t priority)
      : typed_job<Job, R>(true), promise(pool) {
    if (ctx.scope().get() != pool.ctx().scope().get()) own_ctx_.emplace(pool.job_context(ctx));
    this->job.emplace(std::move(work));
    if (pool.queued_as().needs_extra()) this->make_extra(priority, pool.key_of(*this->job));
  }

  pool_type& pool() const noexcept { return static_cast<pool_type&>(this->covered_by()); }
  const context& ctx() const noexcept override { return own_ctx_ ? *own_ctx_ : pool().ctx(); }
  std::optional<typename promise::stored>& place_of_value() noexcept override { return this->value_; }

  /// Destroys a job that was not accepted and will not be.
  void discard() noexcept { delete this; }
  future<R> future_with(std::shared_ptr<pool_type> pool) {
    kept_for_future_ = std::move(pool);
    return future<R>(*this);
  }
  /// Drops the future. The pool lives until the future is destroyed, which may be deferred.
  void abandon_with(std::shared_ptr<pool_type> pool) noexcept {
    kept_for_future_ = std::move(pool);
    this->abandon();
  }
  void future_gone() noexcept override {
    const std::shared_ptr<pool_type> pool = std::move(kept_for_future_);
    if (pool->has_lost_workers() || !this->abandon_value()) return;
    if (!seen_) report_if_lost();
    this->fail(nullptr);  // objects of the user are destroyed here, not with the worker's share
    own_ctx_.reset();
    release();
  }
  /// Runs the job on the thread of the caller of submit().
  void run_here() noexcept {
    pool().run_here(*this, [this] { let_go(); });
  }

  const char* describe() const noexcept override { return "a pool's job"; }
  std::string describe_others() const override {
    pool().lock().assert_held();
    return pool().describe_state();
  }
  bool is_made_here() const noexcept override { return false; }
  void park(operation& waiting, wake_chain& wakes) noexcept override {
    pool().lock().assert_held();
    pool().check_workers();
    lends_ = pool().lend_for(*this, wakes);
    promise::park(waiting, wakes);
  }
  void leave() noexcept override {
    promise::leave();
    stop_lending();
  }

 private:
  ~submitted() = default;

  void stop_lending() noexcept {
    pool().lock().assert_held();
    if (lends_) pool().take_back(*std::exchange(lends_, nullptr));
  }
  void ended(wake_chain& wakes) noexcept override {
    stop_lending();
    unwanted_ = promise::end(wakes);
    if (unwanted_ && (!std::is_trivially_destructible_v<typename promise::stored> || this->error() || own_ctx_))
      this->lets_go_of_users();
  }
  void let_go() noexcept override {
    this->job.reset();
    if (!unwanted_) return release();
    report_if_lost();
    delete this;
  }
  const std::exception_ptr& see_thrown() noexcept override {
    seen_ = true;
    return this->error();
  }
  void report_if_lost() noexcept {
    if (this->error() && !this->was_dropped()) pool().lost().add(this->error(), ctx());
  }
  void release() noexcept {
    if (shares_.fetch_sub(1) == 1) delete this;
  }

  std::optional<context> own_ctx_;  ///< If it is not the pool's context.
  std::shared_ptr<pool_type> kept_for_future_;
  pool_worker* lends_ = nullptr;  ///< Guarded by the pool's lock.
  atomic<std::uint8_t> shares_{2};
  bool unwanted_ = false;  ///< Used by the pool, from ended() on.
  bool seen_ = false;      ///< Used by the future.
};

/// pool.submit(job): gives the future once the job is accepted. Throws pool_closed, or queue_full with when_full::fail.
/// A submit that failed, or lost a select, still has its job.
template<class Job, class R>
class [[nodiscard]] submit_wait final : public performable<submit_wait<Job, R>, pool_wait> {
  using base = performable<submit_wait<Job, R>, pool_wait>;
  using pool_type = pool_state<Job, R>;

 public:
  submit_wait(const std::shared_ptr<pool_type>& pool, const context& ctx, Job&& job, std::int64_t priority)
      : base(*pool), pool_(pool), mine_(new submitted<Job, R>(*pool, ctx, std::move(job), priority)) {
    this->set_rank(priority);
  }
  ~submit_wait() {
    this->withdraw_if_parked();
    if (!mine_) return;
    went_ == went::in ? mine_->abandon_with(pool_) : mine_->discard();
  }

  /// Returns the job, while it has not been accepted.
  Job& job() noexcept {
    BRAID_CHECK(mine_, "job() of a submit that was accepted: the pool has it");
    return *mine_->job;
  }
  future<R> result() {
    over_.let_go();
    switch (std::exchange(went_, went::nowhere)) {
      case went::nowhere:
        break;
      case went::in:
        return std::exchange(mine_, nullptr)->future_with(std::move(pool_));
      case went::closed:
        throw pool_closed(this->core().options().name);
      case went::full:
        throw queue_full(this->core().options().name, this->core().options().queue);
      case went::back:
        return run_here();
    }
    fail("result() of a submit that was not performed, or was taken already");
  }

 private:
  enum class went : std::uint8_t { nowhere, in, closed, full, back };

  /// Since poll() left the job to the caller, the pool may have been closed, and may have ended.
  future<R> run_here() {
    if (!pool_->accept_for_caller()) throw pool_closed(this->core().options().name);
    submitted<Job, R>& job = *std::exchange(mine_, nullptr);
    future<R> given = job.future_with(std::move(pool_));
    job.run_here();
    return given;
  }
  bool poll(wake_chain& wakes) override {
    this->core().check_workers();
    BRAID_CHECK(mine_ && went_ == went::nowhere, "a submit was performed again after it was accepted");
    pool_core& core = this->core();
    core.lock().assert_held();
    if (!core.is_open()) return went_ = went::closed, true;
    if (core.has_room() && !core.anybody_waits_for_room()) return enter(wakes), true;
    switch (core.options().when_full) {
      case when_full::wait:
        return core.worker_here() && (enter(wakes), true);
      case when_full::fail:
        return went_ = went::full, true;
      case when_full::drop_oldest:
        core.drop_oldest(over_, wakes);
        return enter(wakes), true;
      case when_full::caller_runs:
        return went_ = went::back, true;
    }
    return false;
  }
  void enter(wake_chain& wakes) noexcept {
    admitted();
    this->core().lock().assert_held();
    this->core().dispatch(wakes);
  }
  void admitted() noexcept override {
    this->core().lock().assert_held();
    this->core().accept(*mine_);
    went_ = went::in;
  }
  void turned_away() noexcept override { went_ = went::closed; }
  void enlist(wake_chain&) noexcept override {
    this->core().lock().assert_held();
    this->core().wait_for_room(*this);
  }
  void withdraw() noexcept override {
    this->core().lock().assert_held();
    if (this->linked()) this->core().stop_waiting_for_room(*this);
  }
  std::string describe() const override { return "submit to worker pool '" + this->core().options().name + "'"; }

  std::shared_ptr<pool_type> pool_;  ///< Moved to the future by result().
  submitted<Job, R>* mine_;          ///< Owned until it is accepted and its future made.
  went went_ = went::nowhere;
  ended_jobs over_;
};

}  // namespace braid::detail
