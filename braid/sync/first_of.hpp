// The first of several functions to succeed: mirrors, replicas, hedged requests.
//
//   const auto north = [] { return ask("north"); };
//   const auto south = [] { return ask("south"); };
//   std::string page = co_await braid::first_of(north, south);
//
// The others are cancelled then. All have ended when it gives the value, so what they refer to may be destroyed.
#pragma once

#include <atomic>
#include <concepts>
#include <exception>
#include <functional>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "braid/base/refused.hpp"
#include "braid/base/safe_temporary.hpp"
#include "braid/runtime/task.hpp"
#include "braid/sync/at_least.hpp"
#include "braid/sync/blocking.hpp"
#include "braid/sync/future.hpp"
#include "braid/sync/spawned.hpp"
#include "braid/sync/task_group.hpp"

namespace braid {
namespace detail {

template<class F>
using first_value = typename end_value<std::invoke_result_t<std::decay_t<F>&>>::type;

/// Runs functions as tasks, and knows which was the first to succeed.
template<class R>
class first_success {
 public:
  /// Keeps a reference to f. Call before join().
  template<class F>
  void spawn(F& f) {
    const std::size_t mine = values_.size();
    values_.reserve(mine + 1);
    if constexpr (is_blocking<F>) {
      values_.push_back(group_.async(blocking([this, mine, &f] { return call(f, mine); })));
    } else if constexpr (end_value<std::invoke_result_t<F&>>::is_task) {
      values_.push_back(group_.async(await<F>, this, mine, &f));
    } else {
      values_.push_back(group_.async([this, mine, &f] { return call(f, mine); }));
    }
  }
  /// Without memory for the cause of a cancel, the functions run to their end.
  void cancel_if_possible() noexcept {
    try {
      group_.cancel();
    } catch (const std::bad_alloc&) {
    }
  }
  join_wait join() noexcept { return group_.join(); }
  /// Requires that join() has been performed, and has not thrown.
  R take() { return values_[first_].result(); }

 private:
  template<class F>
  R call(F& f, std::size_t mine) {
    if constexpr (std::is_void_v<R>) {
      std::invoke(f);
      succeeded(mine);
    } else {
      R value = std::invoke(f);
      succeeded(mine);
      return value;
    }
  }
  template<class F>
  static task<R> await(first_success* self, std::size_t mine, F* f) {
    auto work = std::invoke(*f);
    if constexpr (std::is_void_v<R>) {
      co_await work;
      self->succeeded(mine);
    } else {
      R value = co_await work;
      self->succeeded(mine);
      co_return value;
    }
  }
  void succeeded(std::size_t mine) noexcept {
    std::size_t before = none;
    first_.compare_exchange_strong(before, mine);
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  task_group group_{at_least(1)};
  std::vector<future<R>> values_;
  std::atomic<std::size_t> first_{none};
};

/// `spawn_all` spawns the functions, and keeps them.
template<class R, class SpawnAll>
task<R> run_first_of(SpawnAll spawn_all) {
  first_success<R> all;
  std::exception_ptr failed;
  try {
    spawn_all(all);
  } catch (...) {
    failed = std::current_exception();
    all.cancel_if_possible();
  }
  auto all_ended = all.join();
  std::exception_ptr none_succeeded;
  try {
    co_await all_ended;
  } catch (...) {
    none_succeeded = std::current_exception();
  }
  if (failed) std::rethrow_exception(failed);
  if (none_succeeded) std::rethrow_exception(none_succeeded);
  co_return all.take();
}

}  // namespace detail

/// Runs all functions at once, coroutines or plain ones, as tasks under the context of the task that awaits this. Gives
/// the value of the first to succeed; a failure does not end the others. Throws only if none succeeds: the first
/// failure, or the cause if the context was cancelled, or std::runtime_error if there is no function.
///
/// Keeps copies of the functions, which give the same type. One that owns what it captures must have a name, since g++
/// 12 destroys such a temporary twice inside a co_await.
template<class F, class... More>
requires(std::invocable<std::decay_t<F>&> && (std::invocable<std::decay_t<More>&> && ...) &&
         (std::is_same_v<detail::first_value<F>, detail::first_value<More>> && ...) && detail::safe_temporary<F> &&
         (detail::safe_temporary<More> && ...)) task<detail::first_value<F>> first_of(F&& first, More&&... more) {
  using R = detail::first_value<F>;
  return detail::run_first_of<R>(
      [all = std::tuple<std::decay_t<F>, std::decay_t<More>...>(std::forward<F>(first), std::forward<More>(more)...)](
          auto& tasks) mutable { std::apply([&](auto&... each) { (tasks.spawn(each), ...); }, all); });
}
/// The same for a number of functions that is known at run time.
template<std::invocable F>
task<detail::first_value<F>> first_of(std::vector<F> functions) {
  return detail::run_first_of<detail::first_value<F>>([all = std::move(functions)](auto& tasks) mutable {
    for (F& each : all) tasks.spawn(each);
  });
}

template<class F, class... More>
requires(!(detail::safe_temporary<F> && (detail::safe_temporary<More> && ...)) && std::invocable<std::decay_t<F>&>)
    BRAID_REFUSED(
        "a function of first_of that owns what it captures must have a name, since g++ 12 destroys such a "
        "temporary twice inside a co_await: auto f = [...]; first_of(f, ...)")
detail::refused first_of(F&& first, More&&... more);
template<class F, class... More>
requires(std::invocable<std::decay_t<F>&> && (std::invocable<std::decay_t<More>&> && ...) &&
         !(std::is_same_v<detail::first_value<F>, detail::first_value<More>> && ...) &&
         (detail::safe_temporary<F> && (detail::safe_temporary<More> && ...)))
    BRAID_REFUSED("the functions of first_of give the same type, or tasks of the same type")
detail::refused first_of(F&& first, More&&... more);

}  // namespace braid
