// The stage that runs the jobs of a stream in a pool: through(pool), pool.stream(), pool.run() and pool.attach().
//
// Once the pool is closed
// 1. A job that the input gives without a wait comes out with pool_closed as its outcome.
// 2. If the input would have to be waited for, the stage ends after the jobs in flight. It throws pool_closed, since
//    the input has not ended.
// 3. Nothing more is received from an attached channel, and the stage ends as at the end of its input. All jobs
//    received before have been accepted: the pool does not end before that (begin_receiving). stop() hands them back.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "braid/flow/stage_options.hpp"
#include "braid/flow/stream.hpp"
#include "braid/pool/job_result.hpp"
#include "braid/pool/pool_reception.hpp"
#include "braid/pool/pool_slots.hpp"
#include "braid/pool/pool_state.hpp"
#include "braid/pool/stage_input.hpp"

namespace braid::detail {

/// The slot of a job is with the pool, in results_ (under the pool's lock), or in taken_, for the consumer to take.
template<class Job, class R>
class pool_stage final : public pull_stage<job_result<Job, R>>, private stream_jobs {
  using pool_type = pool_state<Job, R>;
  using made = job_result<Job, R>;

 public:
  pool_stage(std::unique_ptr<pull_stage<Job>> from, std::shared_ptr<pool_type> pool, stage_options options,
             stage_use use)
      : stream_jobs(use == stage_use::attached),
        input_(std::move(from)),
        pool_(std::move(pool)),
        options_(options),
        use_(use),
        chunk_(input_->is_prompt() && !pool_->queued_as().by_key ? 64 : 1),
        results_(*pool_, options.is_ordered(), is_batch(), this) {}
  ~pool_stage() override {
    if (!ctx_ || pool_->has_lost_workers()) return;
    take_back();
    wait none(results_, wanted::nothing_in_flight);
    try {
      none.get();
    } catch (const no_thread_left&) {
      fail(
          "a stream through a worker pool was left on a worker of an executor, and no thread was left to take over "
          "while it waits for its jobs: co_await its stop() before");
    }
    while (slot* const one = next_result()) input_.give_up(one->job, one->is_taken_back || one->was_dropped());
  }

  void start(const context& ctx) override {
    input_->start(ctx);
    ctx_.emplace(pool_->job_context(ctx));
    ended_.emplace(*ctx_->scope().get());
    const std::size_t width = pool_->width();
    slots_.start(*ctx_, width + options_.slack_for(width));
    some_.reserve(chunk_);
  }

  pulled pull(std::optional<made>& into, waits& until) override {
    const std::size_t others = (pool_->check_workers(), until.size());
    if (!reception_.is_on() && slots_.are_mostly_in_use() && give(into)) return leave(), pulled::item;
    for (;; until.resize(others)) {
      const bool waits_for_input = feed(until);
      if (is_batch() && slots_.in_use() > 0) pool_->help_with(*this);
      if (give(into) || (!waits_for_input && slots_.in_use() > 0 && look_again(into))) {
        leave();
        return until.resize(others), pulled::item;
      }
      const look now = look_at_pool();
      if (waits_for_input && now.is_cut_off) leave(), until.resize(others), is_cut_off_ = true;
      if (now.nothing_in_flight) {
        input_.check();
        if (input_.has_ended()) return pulled::end;
        ctx_->check();  // ends with the pool: no more jobs are begun
        if (is_cut_off_) return end_of_cut_off();
        if (!waits_for_input) continue;  // all slots were in use, by jobs that stop() has taken since
      }
      until.push_back(&*ended_);
      has_result_.hears_of_close(input_.waits());
      until.push_back(&has_result_);
      return pulled::wait;
    }
  }
  bool take_back(made&&) noexcept override { return input_->lost(1); }
  bool lost(std::size_t jobs) noexcept override { return input_->lost(jobs); }
  void leave() noexcept override {
    reception_.end();
    input_.leave();
  }
  task<> stop() override {
    if (ctx_) {
      pool_->check_workers(), take_back();
      wait none(results_, wanted::nothing_in_flight);
      co_await none;
    }
    co_await input_->stop();
  }

 private:
  using slot = typename pool_slots<Job, R>::slot;
  using wait = pool_results::wait;
  using wanted = pool_results::wanted;

  bool is_batch() const noexcept { return use_ == stage_use::batch; }
  bool is_attached() const noexcept { return use_ == stage_use::attached; }

  /// Gives the next result, if any. An attached channel's job that was not started is left to stop() or the channel.
  bool give(std::optional<made>& into) {
    while (slot* const one = next_result()) {
      const bool comes_out = !is_attached() || !one->was_dropped();
      if (comes_out) into.emplace(one->take_result());
      if (!comes_out) input_.give_up(one->job, true), one->job.reset();
      slots_.give_back(*one);
      if (comes_out) return true;
    }
    return false;
  }
  bool look_again(std::optional<made>& into) {
    results_come_fast_ = results_come_fast_ && look_for_a_while([&] { return give(into); });
    return results_come_fast_;
  }
  slot* next_result() noexcept {
    if (stage_job* const own = taken_.pop_front()) return static_cast<slot*>(own);
    spin_guard guard(pool_->lock());
    if (results_.take(taken_) >= many_at_once) results_come_fast_ = true;
    return static_cast<slot*>(taken_.pop_front());
  }
  struct look {
    bool nothing_in_flight, is_cut_off;
  };
  look look_at_pool() noexcept {
    spin_guard guard(pool_->lock());
    return {results_.is_empty(), pool_->cuts_streams_off()};
  }
  pulled end_of_cut_off() const {
    if (!is_attached()) throw pool_closed(pool_->options().name);
    return pulled::end;
  }

  /// Pulls as many jobs as may be in flight; the pool accepts them in chunks. Returns true if it waits for input.
  bool feed(waits& until) {
    bool may_have_come = input_.end_wait();  // a cancel must not lose that job
    if (!may_receive()) return false;
    const auto pass_on = [&] { accept(some_), some_.clear(); };
    for (; input_.may_give_more() && (may_have_come || !ctx_->is_cancelled()); may_have_come = false) {
      slot* const one = free_slot();
      if (!one) break;
      std::optional<Job> job;
      if (!input_.pull(job, until) || !take(*one, job)) {
        slots_.give_back(*one);
        break;
      }
      some_.push_back(one);
      if (some_.size() == chunk_) pass_on();
    }
    pass_on();
    if (!input_.waits()) reception_.end();
    return input_.waits();
  }
  bool may_receive() noexcept {
    is_cut_off_ = is_cut_off_ || (is_attached() && !reception_.begin());
    return !is_cut_off_;
  }
  /// Returns null if there is no free slot, or no memory for one, which fails the stream after the jobs that it has.
  slot* free_slot() noexcept {
    try {
      return slots_.take();
    } catch (...) {
      return input_.fails(), nullptr;
    }
  }
  bool take(slot& one, std::optional<Job>& job) noexcept {
    try {
      if (pool_->queued_as().needs_extra()) one.make_extra(0, pool_->key_of(*job));
      one.job.emplace(std::move(*job));
      return true;
    } catch (...) {  // thrown by the key function: the job is lost with it, and the stream fails
      return input_->lost(1), input_.fails(), false;
    }
  }
  void accept(const std::vector<slot*>& some) {
    if (some.empty() || enter_pool(some)) return;
    for (slot* const one : some) {
      if (!pool_->kept_for_stop().keep(*one->job)) input_.give_up(one->job, true);
      one->job.reset();
      slots_.give_back(*one);
    }
  }
  /// Returns false if stop() is to hand the jobs back.
  bool enter_pool(const std::vector<slot*>& some) {
    ended_jobs over;
    wake_chain wakes;
    spin_guard guard(pool_->lock());
    if (reception_.is_on() && pool_->is_stopped()) return pool_->count_handed_back(some.size()), false;
    for (slot* const one : some) {
      results_.accepted(*one);
      if (pool_->is_open() || reception_.is_on()) {
        pool_->accept(*this, *one);
      } else {
        pool_->drop_unaccepted(*one, closed_, over, wakes);
      }
    }
    if (!is_batch() || !pool_->takes_guest_here()) {
      pool_->dispatch(wakes);
    } else if (!input_.has_ended()) {  // else this thread helps at once
      pool_->look_after_jobs(wakes);
    }
    return true;
  }
  /// Takes back the jobs that no worker has begun. No consumer gets them or their outcomes.
  void take_back() noexcept {
    reception_.end();
    ended_jobs over;  // for submitted jobs: stays empty
    slots_.for_each_block([&](std::span<slot> some) {
      wake_chain wakes;
      spin_guard guard(pool_->lock());
      for (slot& one : some)
        if (pool_->withdraw(one)) one.is_taken_back = true, pool_->end_dropped(one, over, wakes);
      pool_->dispatch(wakes);
    });
  }

  static constexpr std::size_t many_at_once = 8;
  stage_input<Job> input_;
  const std::shared_ptr<pool_type> pool_;
  const stage_options options_;
  const stage_use use_;
  const std::size_t chunk_;           ///< Jobs passed to the pool at a time, or as many as are there (law F5).
  pool_reception reception_{*pool_};  ///< For an attached stage: on while it may receive.
  const drop_reason closed_ = drop_reason::closed(pool_->options().name);
  std::optional<context> ctx_;  ///< Set by start().
  std::optional<done_wait> ended_;

  pool_slots<Job, R> slots_{results_};
  std::vector<slot*> some_;        ///< Pulled and not yet accepted; empty between two pulls.
  pool_results::job_list taken_;   ///< The consumer's, like all members before results_.
  bool results_come_fast_ = true;  ///< Heuristic.
  bool is_cut_off_ = false;        ///< The pool was closed before the input had ended: no more is pulled.

  pool_results results_;  ///< Guarded by the pool's lock.
  wait has_result_{results_, wanted::a_result};
};

}  // namespace braid::detail
