// map() with a plain function and several workers: the consumer and helpers take items from one input (crew.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "braid/base/atomic.hpp"
#include "braid/flow/crew.hpp"
#include "braid/flow/line.hpp"
#include "braid/flow/map_call.hpp"
#include "braid/flow/producer.hpp"
#include "braid/flow/stage_options.hpp"

namespace braid::detail {

template<class T, class F>
class plain_map final : public producer<mapped<const F, T>>, private crew {
  using R = mapped<const F, T>;

 public:
  plain_map(std::unique_ptr<producer<T>> from, F f, stage_options options)
      : from_(std::move(from)), f_(std::move(f)), options_(options) {}
  ~plain_map() override { crew::end(); }

  void start(const context& ctx) override {
    from_->start(ctx);
    crew::start(ctx, options_);
    {
      spin_guard guard(lock_);
      line_.emplace(capacity());
    }
    crew::follow(options_.count().dial());
  }

  pulled pull(std::optional<R>& into, waits& until) override {
    int looks_left = 10;
    for (const std::size_t others = until.size();; until.resize(others)) {
      give_input_up_if_pointless();
      switch (next_move(into, looks_left > 0)) {
        case move::give:
          return pulled::item;
        case move::end:
          return pulled::end;
        case move::wait:
          return until.push_back(&rung()), pulled::wait;
        case move::look_again:
          --looks_left;
          spin_for(a_glance_ns);
          continue;
        case move::work:
          break;
      }
      switch (consume(into, until)) {
        case consumed::item:
          return pulled::item;
        case consumed::must_wait:
          return until.push_back(&rung()), pulled::wait;
        case consumed::look_again:
          break;
      }
    }
  }

  void leave() noexcept override {
    if (has_input_) give_input_up();
    wake_chain wakes;
    spin_guard guard(lock_);
    consumer_is_back();
    look_after_items(wakes);
  }

  task<> stop() override {
    co_await crew::stop();
    co_await from_->stop();
  }

 private:
  enum class move { give, end, wait, look_again, work };
  enum class consumed { item, must_wait, look_again };
  struct outcome {
    std::optional<R> value;
    std::exception_ptr error;
  };

  // --- the consumer ---

  /// It has waited for input, and now there is a result for it, or nothing more to start.
  void give_input_up_if_pointless() noexcept {
    if (!has_input_) return;
    {
      spin_guard guard(lock_);
      if (!line_->ready() && !failed()) return;
    }
    give_input_up();
  }
  void give_input_up() noexcept {
    from_->leave();
    has_input_ = false;
    wake_chain wakes;
    spin_guard guard(lock_);
    consumer_is_back();
    input_was_awaited();
    let_go_unused(wakes);
  }

  /// A helper has the input for a glance, mostly; to be woken when it lets it go costs both far more.
  static constexpr std::int64_t a_glance_ns = 200;

  move next_move(std::optional<R>& into, bool may_look_again) {
    std::exception_ptr error;
    {
      wake_chain wakes;
      spin_guard guard(lock_);
      consumer_is_back();
      if (has_input_) return input_was_awaited(), move::work;
      if (line_->ready()) {
        error = line_->take(into);
        result_taken(wakes);
        if (!error) return move::give;
      } else {
        if (is_over()) return move::end;
        if (may_look_again && input_may_come_back()) return move::look_again;
        if (!may_start()) return consumer_will_wait(), move::wait;
        claim_input();
        has_input_ = true;
        return move::work;
      }
    }
    std::rethrow_exception(error);
  }

  /// The consumer, which has the input, does one item itself.
  consumed consume(std::optional<R>& into, waits& until) {
    std::optional<T> item;
    outcome made;
    const pulled got = pull_input(item, until, made.error);
    if (got == pulled::wait) return waits_for_input() ? consumed::must_wait : consumed::look_again;
    has_input_ = false;
    std::uint64_t number = 0;
    if (!let_input_go(got, number, made.error)) return consumed::look_again;
    if (!made.error) made.error = apply(std::move(*item), made.value);
    if (!put_or_pass(number, made)) return consumed::look_again;
    into.emplace(std::move(*made.value));
    return consumed::item;
  }
  /// Unless something has come in line meanwhile.
  bool waits_for_input() {
    spin_guard guard(lock_);
    if (line_->ready() || failed()) return false;
    input_is_awaited();
    consumer_will_wait();
    return true;
  }

  // --- a helper ---

  void help() override {
    waits until;
    for (auto took = has_just_come; claim_as_helper(took);) {
      std::optional<T> item;
      outcome made;
      const pulled got = wait_for_input(item, until, made.error);
      std::uint64_t number = 0;
      if (!let_input_go(got, number, made.error)) return;
      const std::int64_t began = monotonic_ns();
      if (!made.error) made.error = apply(std::move(*item), made.value);
      took = std::chrono::nanoseconds(monotonic_ns() - began);
      put(number, made);
    }
  }
  /// Helpers have threads of their own, so they may wait as they like.
  pulled wait_for_input(std::optional<T>& item, waits& until, std::exception_ptr& error) noexcept {
    for (;;) {
      until.clear();
      const pulled got = pull_input(item, until, error);
      if (got != pulled::wait) return got;
      try {
        await_input(until);
      } catch (...) {
        error = std::current_exception();
        return pulled::item;
      }
    }
  }

  // --- one item's way ---

  pulled pull_input(std::optional<T>& item, waits& until, std::exception_ptr& error) noexcept {
    try {
      return from_->pull(item, until);
    } catch (...) {
      error = std::current_exception();
      return pulled::item;  // its turn is that of the item that did not come
    }
  }
  /// True: there is an item, or a failure in its place, and `number` is its place.
  bool let_input_go(pulled got, std::uint64_t& number, const std::exception_ptr& error) noexcept {
    wake_chain wakes;
    spin_guard guard(lock_);
    if (got == pulled::end) return let_go_at_end(wakes), false;
    if (error) fail();
    if (options_.is_ordered()) number = line_->next_number();
    let_go_with_item(wakes);
    return true;
  }
  std::exception_ptr apply(T&& item, std::optional<R>& into) noexcept {
    try {
      call_into(into, f_, ctx(), std::move(item));
      return nullptr;
    } catch (...) {
      return std::current_exception();
    }
  }
  void put(std::uint64_t number, outcome& made) noexcept {
    wake_chain wakes;
    spin_guard guard(lock_);
    put_in_line(options_.is_ordered() ? number : line_->next_number(), made);
    if (line_->ready() || is_over()) {
      ring(wakes);
    } else {
      look_after_items(wakes);
    }
  }
  /// True: it is the turn of the consumer's own result.
  bool put_or_pass(std::uint64_t number, outcome& made) noexcept {
    wake_chain wakes;
    spin_guard guard(lock_);
    if (!options_.is_ordered()) number = line_->next_number();
    if (made.error || !line_->is_first(number)) return put_in_line(number, made), false;
    line_->pass_first();
    item_done();
    result_taken(wakes);
    return true;
  }
  void put_in_line(std::uint64_t number, outcome& made) noexcept BRAID_REQUIRES(lock_) {
    if (made.error) fail();
    line_->put(number, std::move(made.value), std::move(made.error));
    item_done();
  }

  const std::unique_ptr<producer<T>> from_;
  const F f_;
  const stage_options options_;
  bool has_input_ = false;  ///< The consumer's: from its claim to the item, also while it waits for that.
  std::optional<line<R>> line_ BRAID_GUARDED_BY(lock_);
};

}  // namespace braid::detail
