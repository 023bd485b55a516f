// A running stream: its last stage, and the context that everything in it runs under, which ends with the run.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "braid/flow/pull_stage.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/scoped_performer.hpp"

namespace braid::detail {

/// Returns a child of `wanted`. The end of the current context also ends it, if that is another context.
cancellable context_of_run(const context& wanted);
const constant_cause& end_of_stream();

/// Driven by one party at a time: with next() on a thread, with drive_in_task() in a coroutine.
template<class T>
class stream_run {
 public:
  stream_run(std::unique_ptr<pull_stage<T>> last, const context& wanted)
      : own_(context_of_run(wanted)), driver_(own_.ctx), last_(std::move(last)) {
    last_->start(own_.ctx);
  }
  stream_run(const stream_run&) = delete;
  stream_run& operator=(const stream_run&) = delete;
  /// Cancels what still runs, and joins it.
  ~stream_run() { cancel(); }

  /// Returns the next item, or nothing at the end. Blocks the thread.
  std::optional<T> next() {
    std::optional<T> item;
    if (ended_) return item;
    const current_performer_guard here(driver_);
    while (try_next(item) == pulled::wait) perform_one_of(until_);
    return item;
  }

  /// Does not wait: if it returns pulled::wait, the operations are in until().
  pulled try_next(std::optional<T>& item) {
    // An item that a wait has brought is given before the end of the context is checked, or it would be lost.
    if (until_.performed == none) own_.ctx.check();
    until_.clear();
    const pulled got = last_->pull(item, until_);
    until_.performed = none;
    ended_ = got == pulled::end;
    return got;
  }
  /// Gives back an item that the sink does not keep.
  void take_back(T&& item) noexcept { last_->take_back(std::move(item)); }
  waits& until() noexcept { return until_; }
  performer& driver() noexcept { return driver_; }
  const context& ctx() const noexcept { return own_.ctx; }

  void cancel() noexcept { own_.cancel(end_of_stream()); }
  task<> stop() {
    cancel();
    return last_->stop();
  }

 private:
  const cancellable own_;
  scoped_performer driver_;
  std::unique_ptr<pull_stage<T>> last_;
  waits until_;
  bool ended_ = false;
};

/// Lets other tasks run, in a coroutine.
struct give_way {
  bool await_ready() const noexcept { return false; }
  template<class Promise>
  void await_suspend(std::coroutine_handle<Promise> me) const noexcept {
    performer_of(me).yield(me);
  }
  void await_resume() const noexcept {}
};

/// Takes items until one has to be waited for, or for a turn's length. Returns false if that was all.
template<class T, class Taker>
bool take_a_turn(stream_run<T>& run, Taker& taker, bool& waits_for_items) {
  const current_performer_guard here(run.driver());
  for (int items = 0; items < 128; ++items) {
    std::optional<T> item;
    const pulled got = run.try_next(item);
    waits_for_items = got == pulled::wait;
    if (waits_for_items) return true;
    if (got == pulled::end || !taker.take(std::move(*item))) return false;
  }
  return true;
}

/// Call after a failed run: gives back the items that the sink has kept to give at the end.
template<class T, class Taker>
void give_up(Taker& taker, stream_run<T>& run) noexcept {
  if constexpr (requires { taker.give_up(run); }) taker.give_up(run);
}

/// Runs the stream into `taker`, and stops the stream before the task ends.
template<class T, class Taker>
task<> drive_in_task(stream_run<T>* run, Taker* taker) {
  std::exception_ptr error;
  auto ended = run->ctx().done();
  for (bool more = true; more;) {
    try {
      bool wait = false;
      more = take_a_turn(*run, *taker, wait);
      if (more && !wait) co_await give_way();
      if (wait) {
        run->until().push_back(&ended);
        const std::span<operation* const> cases(run->until());
        const std::size_t performed = co_await select(cases);
        run->until().performed = performed < cases.size() - 1 ? performed : none;  // the last is `ended`
      }
    } catch (...) {
      error = std::current_exception();
      more = false;
    }
  }
  co_await run->stop();
  if (error) {
    give_up(*taker, *run);
    std::rethrow_exception(error);
  }
}

}  // namespace braid::detail
