// map() with a coroutine: a pump pulls items and starts a task for each, at most the stated number at a time; the
// consumer takes the results.
#pragma once

#include <memory>
#include <span>
#include <utility>

#include "braid/flow/apart.hpp"
#include "braid/flow/notifier.hpp"
#include "braid/flow/pull_stage.hpp"
#include "braid/flow/reorder_buffer.hpp"
#include "braid/flow/stage_home.hpp"
#include "braid/flow/stage_options.hpp"
#include "braid/flow/stage_width.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/map_call.hpp"
#include "braid/sync/task_group.hpp"

namespace braid::detail {

/// Invariants (lock_)
/// 1. An item is in flight from before it is pulled until the next stage has its result. One is pulled only while
///    running_ < workers and in_flight_ < workers + slack (law F1), at that moment: the number of workers may change.
/// 2. The pump alone pulls the input. It is a task of the group, made at the first pull.
/// 3. The place in the buffer of every item that was pulled is filled, once.
/// 4. After a failure nothing is started; the tasks that run go on until the failure's turn has come.
template<class T, class F>
class task_map final : public pull_stage<mapped<F, T>>, private source, private shared_width::follower {
  using R = mapped<F, T>;

 public:
  task_map(std::unique_ptr<pull_stage<T>> from, F f, stage_options options)
      : from_(apart(std::move(from))), f_(std::move(f)), options_(options) {}
  ~task_map() override {
    if (!home_.is_here()) return;  // in the child of a fork
    if (group_) {
      leave_shared_width();
      try {
        group_->join().get();
      } catch (...) {  // the error is in the buffer already, and is not needed any more
      }
    }
    std::optional<reorder_buffer<R>> left;
    {
      spin_guard guard(lock_);
      left.swap(results_);
    }
    if (left) left->give_up([this](R&&) { from_->lost(1); });
  }
  bool take_back(R&&) noexcept override { return from_->lost(1); }
  bool lost(std::size_t items) noexcept override { return from_->lost(items); }

  void start(const context& ctx) override {
    from_->start(ctx);
    {
      stage_width width(options_, ctx.env());
      spin_guard guard(lock_);
      width_ = std::move(width);
      results_.emplace(width_.capacity());
    }
    group_.emplace(ctx);
    home_.starts_here();
    if (const auto& shared = options_.count().shared()) shared->join(*this);
  }

  pulled pull(std::optional<R>& into, waits& until) override {
    if (!std::exchange(pumping_, true)) group_->spawn(always_begun{pump}, this);
    std::exception_ptr error;
    {
      wake_chain wakes;
      spin_guard guard(lock_);
      if (!results_->ready()) {
        if (running_ == 0 && over_) return pulled::end;
        home_.check();
        until.push_back(&has_result_);
        return pulled::wait;
      }
      error = results_->take(into);
      --in_flight_;
      room_notifier_.notify(wakes);
    }
    if (error) std::rethrow_exception(error);
    return pulled::item;
  }

  void leave() noexcept override {}

  task<> stop() override {
    if (group_) {
      leave_shared_width();
      try {
        co_await group_->join();
      } catch (...) {  // the error is in the buffer already, and is not needed any more
      }
      group_.reset();
    }
    co_await from_->stop();
  }

 private:
  /// One item on its way. Fills the item's place in the buffer, at the latest in the destructor. If no task has begun
  /// the item then, the item goes back.
  class pending_result {
   public:
    pending_result(task_map& of, std::uint64_t number, std::optional<T>&& item) noexcept
        : of_(&of), number_(number), item_(std::move(item)) {}
    pending_result(pending_result&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)), number_(other.number_), item_(std::move(other.item_)) {}
    pending_result& operator=(pending_result&&) = delete;
    ~pending_result() {
      if (!of_) return;
      if (item_) {
        of_->from_->take_back(std::move(*item_));
      } else {
        of_->from_->lost(1);
      }
      of_->put(number_, std::nullopt, std::make_exception_ptr(std::bad_alloc()));
    }
    task_map& of() const noexcept { return *of_; }
    T take_item() noexcept {
      T item = std::move(*item_);
      item_.reset();
      return item;
    }
    void put(std::optional<R>&& value, std::exception_ptr error) noexcept {
      std::exchange(of_, nullptr)->put(number_, std::move(value), std::move(error));
    }

   private:
    task_map* of_;
    const std::uint64_t number_;
    std::optional<T> item_;
  };

  static task<> pump(task_map* self) {
    waits until;
    for (;;) {
      while (!self->claim()) co_await self->has_room_;
      std::optional<T> item;
      std::exception_ptr error;
      pulled got = self->pull_input(item, until, error);
      while (got == pulled::wait) {
        self->input_is_awaited();
        const std::span<operation* const> cases(until);
        try {
          const std::size_t performed = co_await select(cases);
          until.performed = performed;
        } catch (...) {
          error = std::current_exception(), self->from_->leave();
        }
        got = error ? pulled::item : self->pull_input(item, until, error);
      }
      if (got == pulled::end) co_return self->input_ended();
      pending_result t(*self, self->number_of_start(), std::move(item));
      if (error) co_return t.put(std::nullopt, std::move(error));
      self->group_->spawn(always_begun{run}, std::move(t));
    }
  }
  static task<> run(pending_result t) {
    std::optional<R> value;
    std::exception_ptr error;
    T item = t.take_item();
    try {
      auto work = call(t.of().f_, t.of().group_->ctx(), std::move(item));
      if constexpr (std::is_void_v<typename decltype(work)::value_type>) {
        co_await work;
        value.emplace();
      } else {
        R made = co_await work;
        value.emplace(std::move(made));
      }
    } catch (...) {
      t.of().from_->lost(1);
      error = std::current_exception();
    }
    t.put(std::move(value), std::move(error));
  }

  /// Claims one more item for the pump. Returns false if the pump has to wait, for room or for the end of its context.
  bool claim() noexcept {
    spin_guard guard(lock_);
    if (over_ || running_ >= width_.workers() || in_flight_ >= width_.most_in_flight()) return false;
    ++running_;
    ++in_flight_;
    return true;
  }
  void input_is_awaited() noexcept {
    spin_guard guard(lock_);
    width_.input_is_awaited();
  }
  pulled pull_input(std::optional<T>& item, waits& until, std::exception_ptr& error) noexcept {
    until.clear();
    try {
      return from_->pull(item, until);
    } catch (...) {
      error = std::current_exception();
      return pulled::item;  // it takes the turn of the item that did not come
    }
  }
  void input_ended() noexcept {
    wake_chain wakes;
    spin_guard guard(lock_);
    --running_;
    --in_flight_;
    over_ = true;
    result_notifier_.notify(wakes);
  }
  std::uint64_t number_of_start() noexcept {
    spin_guard guard(lock_);
    width_.input_was_awaited();
    return options_.is_ordered() ? results_->next_number() : 0;
  }
  void put(std::uint64_t number, std::optional<R>&& value, std::exception_ptr error) noexcept {
    wake_chain wakes;
    spin_guard guard(lock_);
    --running_;
    if (width_.item_done()) width_.adapt();
    if (error) over_ = true;
    results_->put(options_.is_ordered() ? number : results_->next_number(), std::move(value), std::move(error));
    if (results_->ready() || (over_ && running_ == 0)) result_notifier_.notify(wakes);
    room_notifier_.notify(wakes);
  }

  void resize(std::size_t workers, wake_chain& wakes) noexcept override {
    spin_guard guard(lock_);
    width_.set(workers);
    room_notifier_.notify(wakes);
  }
  void leave_shared_width() noexcept {
    if (const auto& shared = options_.count().shared()) shared->leave(*this);
  }

  const std::unique_ptr<pull_stage<T>> from_;
  F f_;
  const stage_options options_;
  bool pumping_ = false;  ///< Used by the consumer.
  stage_home home_;
  stage_width width_ BRAID_GUARDED_BY(lock_);
  std::size_t running_ BRAID_GUARDED_BY(lock_) = 0;  ///< Includes the item that the pump waits for.
  std::size_t in_flight_ BRAID_GUARDED_BY(lock_) = 0;
  bool over_ BRAID_GUARDED_BY(lock_) = false;  ///< Nothing more is started: the input has ended, or something failed.
  std::optional<reorder_buffer<R>> results_ BRAID_GUARDED_BY(lock_);
  notifier result_notifier_, room_notifier_;
  notified has_result_{*this, result_notifier_};  ///< Awaited by the consumer.
  notified has_room_{*this, room_notifier_};      ///< Awaited by the pump.
  std::optional<task_group> group_;               ///< Last, so that it is destroyed first: its tasks use the others.
};

}  // namespace braid::detail
