// A task group inside a coroutine, joined on every path.
//
//   co_await braid::scope([&](braid::task_group& group) -> braid::task<> {
//     group.spawn(fetch, "a");
//     co_await use(rx);             // if it throws, or is cancelled, the children are cancelled and awaited
//   });                             // every child has ended here
//
// The body is one of the group's tasks: the first failure, its own or a child's, cancels the others and is thrown.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "braid/base/refused.hpp"
#include "braid/runtime/task.hpp"
#include "braid/sync/future.hpp"
#include "braid/sync/spawned.hpp"
#include "braid/sync/task_group.hpp"

namespace braid {
namespace detail {

template<class F>
concept scope_body = std::invocable < std::decay_t<F>
&, task_group& > ;
template<class F>
using scope_value = typename end_value<std::invoke_result_t<std::decay_t<F>&, task_group&>>::type;

template<class F>
task<scope_value<F>> run_scope(context ctx, F body) {
  task_group group(ctx);
  auto value = group.async([](F* f, task_group* into) { return std::invoke(*f, *into); }, &body, &group);
  auto all_ended = group.join();
  co_await all_ended;
  co_return value.result();
}

}  // namespace detail

/// Runs body(group), a coroutine or a plain function, as a task of a new group under `ctx`; without `ctx`, under the
/// current context. Ends when the body and all children have ended, and gives what the body returned. Throws the first
/// failure of any of them, or the cause if `ctx` was cancelled. Makes one allocation besides the coroutines' own. Keeps
/// a copy of the body; one that owns what it captures has a name, since g++ 12 destroys such a temporary twice inside a
/// co_await.
template<detail::scope_body F>
requires detail::safe_temporary<F> task<detail::scope_value<F>> scope(const context& ctx, F&& body) {
  return detail::run_scope<std::decay_t<F>>(ctx, std::forward<F>(body));
}
template<detail::scope_body F>
requires detail::safe_temporary<F> task<detail::scope_value<F>> scope(F&& body) {
  return detail::run_scope<std::decay_t<F>>(current_context(), std::forward<F>(body));
}

template<class F>
requires(!detail::scope_body<F> && detail::safe_temporary<F>) BRAID_REFUSED(
    "the body of a scope is called with its group: [&](braid::task_group& group) -> braid::task<> { ... }")
detail::refused scope(F&& body);
template<class F>
requires(!detail::safe_temporary<F>) BRAID_REFUSED(
    "a body of a scope that owns what it captures has a name, since g++ 12 destroys such a temporary twice "
    "inside a co_await: capture by reference, or auto body = [...]; scope(body)")
detail::refused scope(F&& body);

}  // namespace braid
