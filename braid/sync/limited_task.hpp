// A time limit, or retries, for one call; no stream and no group is needed.
//
//   auto page = co_await braid::within(2s, fetch(url));                   // on a thread: within(2s, fetch(url)).get()
//   braid::result<page> got = co_await braid::try_within(2s, fetch(url));
//
//   const auto fetch_again = braid::retry(3, braid::timeout(2s, fetch));  // the decorators of map, named
//   auto page = co_await braid::call(fetch_again, url);                   // with a plain fetch: braid::call(...)
//
// A limit that passes cancels the task wherever it waits through braid; its end is awaited, then timed_out is thrown. A
// task that ended in time is never lost: its value or exception comes out, even if the limit passed at the same moment.
#pragma once

#include <type_traits>
#include <utility>

#include "braid/base/result.hpp"
#include "braid/runtime/task.hpp"
#include "braid/sync/map_call.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/within.hpp"

namespace braid {
namespace detail {

/// Returns a context with a limit: a duration from the start of the task, or a time point.
inline context limited_from_now(duration wait) {
  return with_timeout(wait);
}
inline context limited_from_now(time_point deadline) {
  return with_deadline(current_context(), deadline);
}

template<class T, class Limit>
task<T> run_within(Limit limit, task<T> work) {
  task_group group(limited_from_now(limit));
  auto value = group.async([](task<T> whole) { return whole; }, std::move(work));
  auto ended = group.join();
  co_await ended;
  co_return value.result();
}

template<class T, class Limit>
task<result<T>> try_run_within(Limit limit, task<T> work) {
  auto limited = run_within(limit, std::move(work));
  std::optional<result<T>> got;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await limited;
      got.emplace(std::monostate{});
    } else {
      T value = co_await limited;
      got.emplace(std::move(value));
    }
  } catch (...) {
    got.emplace(describe_current_exception());
  }
  co_return std::move(*got);
}

template<class T>
concept time_limit_of_task = std::convertible_to<T, duration> || std::convertible_to<T, time_point>;
template<class Limit>
using plain_limit = std::conditional_t<std::is_convertible_v<Limit, duration>, duration, time_point>;

}  // namespace detail

/// Returns a task that does `work`, and throws timed_out if `limit` passes first. The limit is a duration from the
/// start of the task, or a time point, on the clock of the task's context. The task throws what `work` throws. If the
/// task itself is cancelled, so is `work`.
template<class T, detail::time_limit_of_task Limit>
task<T> within(Limit limit, task<T>&& work) {
  return detail::run_within<T, detail::plain_limit<Limit>>(limit, std::move(work));
}

/// The same, with every outcome as a value.
template<class T, detail::time_limit_of_task Limit>
task<result<T>> try_within(Limit limit, task<T>&& work) {
  return detail::try_run_within<T, detail::plain_limit<Limit>>(limit, std::move(work));
}

/// Calls f with `item` under the context of the task, and returns the result. If f is a coroutine, the result is its
/// task, which borrows f. For functions that retry() and timeout() made; name them first.
template<class F, class T>
requires detail::maps<const F, T>
decltype(auto) call(const F& f BRAID_LIFETIMEBOUND, T&& item) {
  return detail::call(f, current_context(), std::forward<T>(item));
}
template<class F, class T>
void call(const F&& f, T&& item) = delete;

}  // namespace braid
