// The first of several functions to succeed: mirrors, replicas, hedged requests.
//
//   std::string page = co_await braid::first_of([] { return ask("north"); }, [] { return ask("south"); });
//
// The others are cancelled then. All have ended when it gives the value, so what they use may go.
#pragma once

#include <algorithm>
#include <concepts>
#include <exception>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "braid/runtime/task.hpp"
#include "braid/sync/at_least.hpp"
#include "braid/sync/future.hpp"
#include "braid/sync/spawned.hpp"
#include "braid/sync/task_group.hpp"

namespace braid {
namespace detail {

template<class F>
using first_value = typename end_value<std::invoke_result_t<F&>>::type;

/// Spawns all functions, waits for the end of all, and gives the value of the first in order that has one.
template<class R, class Spawn>
task<R> first_success(Spawn spawn_all) {
  task_group group(at_least(1));
  std::vector<future<R>> values;
  std::exception_ptr failed;
  try {
    spawn_all(group, values);
  } catch (...) {
    failed = std::current_exception();
    group.cancel();
  }
  auto all_ended = group.join();
  std::exception_ptr none;
  try {
    co_await all_ended;
  } catch (...) {
    none = std::current_exception();
  }
  if (failed) std::rethrow_exception(failed);
  if (none) std::rethrow_exception(none);
  co_return std::ranges::find_if(values, &future<R>::has_value)->result();
}

}  // namespace detail

/// Runs all functions at once, coroutines or plain ones, as tasks under the current context. Gives the value of one that
/// succeeded; a failure does not end the others. Throws only if none succeeds: the first failure, or the cause if the
/// context was cancelled, or std::runtime_error if there is no function. All give the same type.
template<std::invocable F>
task<detail::first_value<F>> first_of(std::vector<F> functions) {
  using R = detail::first_value<F>;
  return detail::first_success<R>(
      [all = std::move(functions)](task_group& group, std::vector<future<R>>& values) mutable {
        values.reserve(all.size());
        for (F& each : all) values.push_back(group.async([&each] { return std::invoke(each); }));
      });
}
template<std::invocable F, std::invocable... More>
requires(std::is_same_v<detail::first_value<F>, detail::first_value<More>>&&...) task<detail::first_value<F>> first_of(
    F first, More... more) {
  using R = detail::first_value<F>;
  return detail::first_success<R>([all = std::tuple<F, More...>(std::move(first), std::move(more)...)](
                                      task_group& group, std::vector<future<R>>& values) mutable {
    values.reserve(1 + sizeof...(More));
    std::apply([&](auto&... each) { (values.push_back(group.async([&each] { return std::invoke(each); })), ...); },
               all);
  });
}

}  // namespace braid
