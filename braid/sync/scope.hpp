// A task group inside a coroutine, joined on every path.
//
//   co_await braid::scope([&](braid::task_group& group) -> braid::task<> {
//     group.spawn(fetch, "a");
//     co_await use(rx);             // if it throws, or is cancelled, the children are cancelled and awaited
//   });                             // every child has ended here
//
// The body is one of the group's tasks: the first failure, its own or a child's, cancels the others and is thrown. It
// must not join the group, and a group.cancel() cancels the body too.
#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "braid/base/refused.hpp"
#include "braid/base/safe_temporary.hpp"
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

/// Reads the current context when it runs: that of the task that awaits it.
template<class F>
task<scope_value<F>> run_scope(std::optional<context> ctx, F body) {
  task_group group(ctx ? *ctx : current_context());
  auto value = group.async([](F* f, task_group* into) { return std::invoke(*f, *into); }, &body, &group);
  auto all_ended = group.join();
  co_await all_ended;
  co_return value.result();
}

}  // namespace detail

/// Runs body(group), a coroutine or a plain function, as a task of a new group under the context of the task that
/// awaits the scope. Ends when the body and all children have ended, and gives what the body returned. Throws the first
/// failure of any of them, or the cause if the context was cancelled; then a body that has not begun is skipped. Makes
/// one allocation more than a group written by hand.
///
/// Keeps a copy of the body. One that owns what it captures must have a name, since g++ 12 destroys such a temporary
/// twice inside a co_await.
template<detail::scope_body F>
requires detail::safe_temporary<F> task<detail::scope_value<F>> scope(F&& body) {
  return detail::run_scope<std::decay_t<F>>(std::nullopt, std::forward<F>(body));
}
/// The same under `ctx`: a cancel of the task that awaits the scope ends it only if `ctx` is below that task's context.
template<detail::scope_body F>
requires detail::safe_temporary<F> task<detail::scope_value<F>> scope(const context& ctx, F&& body) {
  return detail::run_scope<std::decay_t<F>>(ctx, std::forward<F>(body));
}

#define BRAID_SCOPE_BODY \
  "the body of a scope is called with its group: [&](braid::task_group& group) -> braid::task<> { ... }"
#define BRAID_SCOPE_NAMED                                                                                        \
  "a body of a scope that owns what it captures must have a name, since g++ 12 destroys such a temporary twice " \
  "inside "                                                                                                      \
  "a co_await: capture by reference, or auto body = [...]; scope(body)"
template<class F>
requires(detail::safe_temporary<F> && !detail::scope_body<F>) BRAID_REFUSED(BRAID_SCOPE_BODY)
detail::refused scope(F&& body);
template<class F>
requires(detail::safe_temporary<F> && !detail::scope_body<F>) BRAID_REFUSED(BRAID_SCOPE_BODY)
detail::refused scope(const context& ctx, F&& body);
template<class F>
requires(!detail::safe_temporary<F>) BRAID_REFUSED(BRAID_SCOPE_NAMED)
detail::refused scope(F&& body);
template<class F>
requires(!detail::safe_temporary<F>) BRAID_REFUSED(BRAID_SCOPE_NAMED)
detail::refused scope(const context& ctx, F&& body);

}  // namespace braid
