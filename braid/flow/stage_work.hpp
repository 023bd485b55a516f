// Shared by the workers of a parallel stage of plain functions: the steps of one item, from the pull to its place in
// the buffer, and the loop of a helper.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <utility>

#include "braid/base/atomic.hpp"
#include "braid/flow/pull_stage.hpp"
#include "braid/flow/reorder_buffer.hpp"
#include "braid/flow/stage_helpers.hpp"
#include "braid/flow/stage_options.hpp"
#include "braid/sync/map_call.hpp"

namespace braid::detail {

/// The function of a stage that exists only for its thread.
struct as_it_is {
  template<class T>
  T operator()(T item) const noexcept {
    return item;
  }
};

template<class T, class F>
class stage_work : protected stage_helpers {
  using R = mapped<const F, T>;

 protected:
  using nanoseconds = std::chrono::nanoseconds;
  struct outcome {
    std::optional<R> value;
    std::exception_ptr error;
  };

  stage_work(std::unique_ptr<pull_stage<T>> from, F f, stage_options options)
      : from_(std::move(from)), options_(std::move(options)), f_(std::move(f)) {}
  ~stage_work() = default;
  /// Gives up the results that will not be taken any more. Requires stage_helpers::end().
  void give_up_results() noexcept {
    std::optional<reorder_buffer<R>> left;
    {
      spin_guard guard(lock_);
      left.swap(results_);
    }
    if (left) left->give_up([this](R&& value) { take_back(std::move(value)); });
  }
  bool take_back([[maybe_unused]] R&& value) noexcept {
    if constexpr (std::same_as<F, as_it_is>) {
      return from_->take_back(std::move(value));
    } else {
      return from_->lost(1);
    }
  }

  void start(const context& ctx, starts items) {
    from_->start(ctx);
    stage_helpers::start(ctx, options_, items);
    {
      spin_guard guard(lock_);
      results_.emplace(capacity());
    }
    stage_helpers::follow(options_.count().shared());
  }

  pulled pull_input(std::optional<T>& item, waits& until, std::exception_ptr& error) noexcept {
    try {
      return from_->pull(item, until);
    } catch (...) {
      error = std::current_exception();
      return pulled::item;  // it takes the turn of the item that did not come
    }
  }
  /// Returns true if there is an item, or a failure in its place. Sets `number` to its place if the stage is ordered.
  bool let_input_go(pulled got, std::uint64_t& number, const std::exception_ptr& error) noexcept {
    wake_chain wakes;
    spin_guard guard(lock_);
    if (got == pulled::end) return let_go_at_end(wakes), false;
    if (error) fail();
    if (options_.is_ordered()) number = results_->next_number();
    let_go_with_item(wakes);
    return true;
  }
  std::exception_ptr apply(T&& item, std::optional<R>& into) noexcept {
    try {
      call_into(into, f_, ctx(), std::move(item));
      return nullptr;
    } catch (...) {
      from_->lost(1);
      return std::current_exception();
    }
  }
  void put_in_order(std::uint64_t number, outcome& made) noexcept BRAID_REQUIRES(lock_) {
    if (made.error) fail();
    results_->put(number, std::move(made.value), std::move(made.error));
    item_done();
  }

  const std::unique_ptr<pull_stage<T>> from_;
  const stage_options options_;
  std::optional<reorder_buffer<R>> results_ BRAID_GUARDED_BY(lock_);

 private:
  void help() override {
    waits until;
    for (nanoseconds took = has_just_come; claim_as_helper(took);) {
      std::optional<T> item;
      outcome made;
      nanoseconds pull_began{};
      const pulled got = wait_for_input(item, until, made.error, pull_began);
      std::uint64_t number = 0;
      if (!let_input_go(got, number, made.error)) return;
      const nanoseconds began(monotonic_ns());
      if (!made.error) made.error = apply(std::move(*item), made.value);
      const nanoseconds ended(monotonic_ns());
      took = ended - began;
      put(number, made, ended - pull_began);
    }
  }
  /// Waits as long as it takes, since a helper has a thread of its own.
  pulled wait_for_input(std::optional<T>& item, waits& until, std::exception_ptr& error,
                        nanoseconds& pull_began) noexcept {
    for (;;) {
      until.clear();
      pull_began = nanoseconds(monotonic_ns());
      const pulled got = pull_input(item, until, error);
      if (got != pulled::wait) return got;
      try {
        await_input(until);
      } catch (...) {
        error = std::current_exception();
        from_->leave();
        return pulled::item;
      }
    }
  }
  void put(std::uint64_t number, outcome& made, nanoseconds took) noexcept {
    wake_chain wakes;
    spin_guard guard(lock_);
    helper_took(took);
    if (options_.shows_no_results() && !made.error) {
      item_done();
      result_taken(wakes);
      if (is_over()) notify_consumer(wakes);
      return;
    }
    put_in_order(options_.is_ordered() ? number : results_->next_number(), made);
    if (results_->ready() || is_over()) {
      notify_consumer(wakes);
    } else {
      look_after_items(wakes);
    }
  }

  const F f_;
};

}  // namespace braid::detail
