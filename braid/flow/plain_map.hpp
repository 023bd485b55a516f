// map() with a plain function and several workers: the driver and helpers take items from one input
// (stage_helpers.hpp). This file has the driver's part, stage_work.hpp the other.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "braid/base/atomic.hpp"
#include "braid/flow/stage_work.hpp"

namespace braid::detail {

template<class T, class F>
class plain_map final : public pull_stage<mapped<const F, T>>, private stage_work<T, F> {
  using R = mapped<const F, T>;
  using work = stage_work<T, F>;
  using typename work::outcome;

 public:
  using starts = stage_helpers::starts;

  plain_map(std::unique_ptr<pull_stage<T>> from, F f, stage_options options, starts items = starts::ahead)
      : work(std::move(from), std::move(f), options), starts_(items) {}
  ~plain_map() override {
    stage_helpers::end();
    this->give_up_results();
  }

  void start(const context& ctx) override { work::start(ctx, starts_); }

  pulled pull(std::optional<R>& into, waits& until) override {
    int looks_left = 10;
    for (const std::size_t others = until.size();; until.resize(others)) {
      give_input_up_if_pointless();
      if (drives_) this->watch_driver();
      switch (next_move(into, looks_left > 0)) {
        case move::give:
          return pulled::item;
        case move::end:
          return pulled::end;
        case move::wait:
          return until.push_back(&this->notified_operation()), pulled::wait;
        case move::look_again:
          --looks_left;
          spin_for(a_glance_ns);
          continue;
        case move::call_helper:
          this->call_helper();
          continue;
        case move::work:
          drives_ = true;
          break;
      }
      const consumed went = consume(into, until);
      this->judge_driver();
      switch (went) {
        case consumed::item:
          return pulled::item;
        case consumed::must_wait:
          return until.push_back(&this->notified_operation()), pulled::wait;
        case consumed::look_again:
          break;
      }
    }
  }
  bool take_back(R&& value) noexcept override { return work::take_back(std::move(value)); }
  bool lost(std::size_t items) noexcept override { return this->from_->lost(items); }
  bool runs_user_code() const noexcept override {
    const workers& count = this->options_.count();
    const bool alone = !count.is_automatic() && !count.shared() && count.in({}) == 1;
    return alone && starts_ == starts::ahead;
  }

  void leave() noexcept override {
    if (has_input_) give_input_up();
    wake_chain wakes;
    spin_guard guard(this->lock_);
    this->consumer_is_back();
    this->look_after_items(wakes);
  }

  task<> stop() override {
    co_await stage_helpers::stop();
    co_await this->from_->stop();
  }

 private:
  enum class move { give, end, wait, look_again, call_helper, work };
  enum class consumed { item, must_wait, look_again };

  /// Gives up an input that it has waited for, if a result is ready, nothing more is started, or it may run no item.
  void give_input_up_if_pointless() noexcept {
    if (!has_input_) return;
    {
      spin_guard guard(this->lock_);
      if (!this->results_->ready() && !this->failed() && this->driver_may_run()) return;
    }
    give_input_up();
  }
  void give_input_up() noexcept {
    this->from_->leave();
    has_input_ = false;
    wake_chain wakes;
    spin_guard guard(this->lock_);
    this->consumer_is_back();
    this->input_was_awaited();
    this->let_go_unused(wakes);
  }

  /// A helper usually holds the input for a very short time; a wake-up at the end of it costs both threads far more.
  static constexpr std::int64_t a_glance_ns = 200;

  move next_move(std::optional<R>& into, bool may_look_again) {
    std::exception_ptr error;
    {
      wake_chain wakes;
      spin_guard guard(this->lock_);
      this->consumer_is_back();
      if (has_input_) return this->input_was_awaited(), this->driver_begins(wakes), move::work;
      if (this->results_->ready()) {
        error = this->results_->take(into);
        this->result_taken(wakes);
        if (!error) return move::give;
      } else {
        if (this->is_over()) return move::end;
        if (may_look_again && this->input_may_come_back()) return move::look_again;
        if (this->may_start() && this->driver_may_run()) {
          this->claim_input();
          this->driver_begins(wakes);
          has_input_ = true;
          return move::work;
        }
        if (this->may_start() && this->needs_helper()) return this->helper_is_called(), move::call_helper;
        return this->consumer_will_wait(), move::wait;
      }
    }
    std::rethrow_exception(error);
  }

  /// Does one item on the driver, which has the input.
  consumed consume(std::optional<R>& into, waits& until) {
    std::optional<T> item;
    outcome made;
    const pulled got = this->pull_input(item, until, made.error);
    if (got == pulled::wait) return waits_for_input() ? consumed::must_wait : consumed::look_again;
    has_input_ = false;
    std::uint64_t number = 0;
    if (!this->let_input_go(got, number, made.error)) return end_of_input(), consumed::look_again;
    if (!made.error) made.error = this->apply(std::move(*item), made.value);
    if (!put_or_pass(number, made)) return consumed::look_again;
    into.emplace(std::move(*made.value));
    return consumed::item;
  }
  void end_of_input() noexcept {
    spin_guard guard(this->lock_);
    this->driver_ends();
  }
  /// Ends the driver's item, to wait for input. Returns false if a result is ready, or something has failed, meanwhile.
  bool waits_for_input() {
    spin_guard guard(this->lock_);
    this->driver_ends();
    if (this->results_->ready() || this->failed()) return false;
    this->input_is_awaited();
    this->consumer_will_wait();
    return true;
  }
  /// Returns true if it is the turn of the consumer's own result.
  bool put_or_pass(std::uint64_t number, outcome& made) noexcept {
    wake_chain wakes;
    spin_guard guard(this->lock_);
    this->driver_ends();
    if (!this->options_.is_ordered()) number = this->results_->next_number();
    if (made.error || !this->results_->is_first(number)) return this->put_in_order(number, made), false;
    this->results_->pass_first();
    this->item_done();
    this->result_taken(wakes);
    return true;
  }

  const starts starts_;
  bool drives_ = false;     ///< The driver has run an item.
  bool has_input_ = false;  ///< From its claim to the item, also while it waits for the item.
};

}  // namespace braid::detail
