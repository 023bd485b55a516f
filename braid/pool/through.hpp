// through(pool): a stage that has a pool do the jobs of a stream.
//
//   for (auto& [job, outcome] : braid::from(jobs) | braid::through(pool)) ...       // as ready; never throws for a job
//   braid::from(rx) | braid::through(pool, braid::ordered, braid::slack(100)) | ...
//
// Streams share the workers with each other and with submitted jobs, in turn. In flight, from before a job is pulled
// until the next stage has its result, are at most the pool's workers + slack (law F1; slack is as many as there are
// workers, as they are when the stream starts). A stream that is left takes back what no worker has begun, and waits
// for the rest.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "braid/flow/stage_options.hpp"
#include "braid/flow/stream.hpp"
#include "braid/pool/job_result.hpp"
#include "braid/pool/pool_slots.hpp"
#include "braid/pool/pool_state.hpp"

namespace braid::detail {

/// The slot of a job is in the pool's hands, in results_ (under the pool's lock), or in taken_, from where the consumer
/// has it next.
template<class Job, class R>
class pool_stage final : public producer<job_result<Job, R>>, private pool_lane {
  using pool_type = pool_state<Job, R>;
  using made = job_result<Job, R>;

 public:
  /// `all_at_once`: the consumer wants nothing before everything is done.
  pool_stage(std::unique_ptr<producer<Job>> from, std::shared_ptr<pool_type> pool, stage_options options,
             bool all_at_once)
      : from_(std::move(from)),
        pool_(std::move(pool)),
        options_(options),
        all_at_once_(all_at_once),
        chunk_(from_->is_prompt() && !pool_->is_by_key() ? 64 : 1),
        results_(*pool_, options.is_ordered(), all_at_once) {}
  ~pool_stage() override {
    if (!ctx_) return;
    take_back();
    wait none(results_, wanted::nothing_in_flight);
    try {
      none.get();
    } catch (const no_thread_left&) {
      fail(
          "a stream through a worker pool was left on a worker of an executor, and no thread was left to take over "
          "while it waits for its jobs: co_await its stop() before");
    }
  }

  void start(const context& ctx) override {
    from_->start(ctx);
    ctx_.emplace(pool_->job_context(ctx));
    ended_.emplace(*ctx_->scope().get());
    const std::size_t width = pool_->width();
    slots_.start(*ctx_, width + options_.slack_for(width));
    some_.reserve(chunk_);
  }

  pulled pull(std::optional<made>& into, waits& until) override {
    const std::size_t others = until.size();
    if (slots_.are_mostly_in_use() && give(into)) return pulled::item;
    const bool waits_for_input = feed(until);
    if (all_at_once_ && !nothing_in_flight()) pool_->help_with(*this);
    if (give(into) || (!waits_for_input && slots_.in_use() > 0 && look_again(into)))
      return until.resize(others), pulled::item;
    if (nothing_in_flight()) {
      if (input_error_) std::rethrow_exception(std::exchange(input_error_, nullptr));
      if (input_ended_) return pulled::end;
      ctx_->check();  // of the pool: no more is begun
    }
    until.push_back(&*ended_);
    if (!nothing_in_flight() || !waits_for_input) until.push_back(&has_result_);
    return pulled::wait;
  }
  void leave() noexcept override {
    if (std::exchange(input_waits_, false)) from_->leave();
  }
  task<> stop() override {
    if (ctx_) {
      take_back();
      wait none(results_, wanted::nothing_in_flight);
      co_await none;
    }
    co_await from_->stop();
  }

 private:
  using slot = typename pool_slots<Job, R>::slot;
  using wait = pool_results::wait;
  using wanted = pool_results::wanted;

  // --- results ---

  /// The next result, if it is there.
  bool give(std::optional<made>& into) {
    slot* const one = next_result();
    if (!one) return false;
    into.emplace(one->take_result());
    slots_.give_back(*one);
    return true;
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
  bool nothing_in_flight() noexcept {
    spin_guard guard(pool_->lock());
    return results_.is_empty();
  }

  // --- jobs ---

  /// Pulls as many jobs as may be in flight, and has the pool accept them, some at a time. True: it waits for input.
  bool feed(waits& until) {
    input_waits_ = false;
    const auto pass_on = [&] { accept(some_), some_.clear(); };
    while (!input_ended_ && !input_error_ && !ctx_->is_cancelled()) {
      slot* const one = free_slot();
      if (!one) break;
      std::optional<Job> job;
      const pulled got = pull_input(job, until);
      input_waits_ = got == pulled::wait;
      if (got != pulled::item || !take(*one, job)) {
        slots_.give_back(*one);
        break;
      }
      some_.push_back(one);
      if (some_.size() == chunk_) pass_on();
    }
    pass_on();
    return input_waits_;
  }
  /// Null: there is none, or no memory for one, which fails the stream after what it has.
  slot* free_slot() noexcept {
    try {
      return slots_.take();
    } catch (...) {
      input_error_ = std::current_exception();
      return nullptr;
    }
  }
  pulled pull_input(std::optional<Job>& job, waits& until) noexcept {
    try {
      const pulled got = from_->pull(job, until);
      input_ended_ = got == pulled::end;
      return got;
    } catch (...) {
      input_error_ = std::current_exception();
      return pulled::end;
    }
  }
  bool take(slot& one, std::optional<Job>& job) noexcept {
    try {
      if (pool_->gives_tickets()) one.make_ticket(0, pool_->key_of(*job));
      one.job.emplace(std::move(*job));
      return true;
    } catch (...) {  // of the key function: the job goes with it, and the stream fails
      input_error_ = std::current_exception();
      return false;
    }
  }
  void accept(const std::vector<slot*>& some) {
    if (some.empty()) return;
    over_list over;
    wake_chain wakes;
    spin_guard guard(pool_->lock());
    for (slot* const one : some) {
      results_.accepted(*one);
      if (pool_->is_open()) {
        pool_->accept(*this, *one);
      } else {
        pool_->drop(*one, closed_, over, wakes);
      }
    }
    if (!all_at_once_ || !pool_->takes_guest_here()) return pool_->dispatch(wakes);
    if (!input_ended_) pool_->look_after_jobs(wakes);  // else this thread helps at once
  }
  /// What no worker has begun is nobody's any more, nor is its outcome.
  void take_back() noexcept {
    over_list over;  // of submitted jobs: stays empty
    slots_.for_each_block([&](std::span<slot> some) {
      wake_chain wakes;
      spin_guard guard(pool_->lock());
      for (slot& one : some)
        if (pool_->withdraw(one)) pool_->end_dropped(one, over, wakes);
      pool_->dispatch(wakes);
    });
  }

  static constexpr std::size_t many_at_once = 8;

  const std::unique_ptr<producer<Job>> from_;
  const std::shared_ptr<pool_type> pool_;
  const stage_options options_;
  const bool all_at_once_;
  const std::size_t chunk_;  ///< So many jobs go to the pool at a time, or as many as are there (law F5).
  const drop_reason closed_ = drop_reason::closed(pool_->options().name);
  std::optional<context> ctx_;  ///< From start() on.
  std::optional<done_wait> ended_;

  pool_slots<Job, R> slots_{results_};
  std::vector<slot*> some_;        ///< Pulled, and not yet accepted: nothing between two pulls.
  pool_results::job_list taken_;   ///< The consumer's, as all up to results_.
  bool results_come_fast_ = true;  ///< As it seems.
  bool input_waits_ = false;
  bool input_ended_ = false;
  std::exception_ptr input_error_;

  pool_results results_;  ///< Under the pool's lock.
  wait has_result_{results_, wanted::a_result};
};

/// What through() makes.
template<class Job, class R>
struct pool_stage_maker {
  std::shared_ptr<pool_state<Job, R>> pool;
  stage_options options;
  bool all_at_once = false;

  std::unique_ptr<producer<job_result<Job, R>>> over(std::unique_ptr<producer<Job>> from) && {
    return std::make_unique<pool_stage<Job, R>>(std::move(from), std::move(pool), options, all_at_once);
  }
};

}  // namespace braid::detail
