// How a stage calls the user's function, with an item or with a context and an item, and what the call gives.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <variant>

#include "braid/runtime/task.hpp"
#include "braid/sync/context.hpp"

namespace braid::detail {

template<class F, class T>
concept takes_context = std::is_invocable_v<F&, const context&, T>;
template<class F, class T>
concept maps = takes_context<F, T> || std::is_invocable_v<F&, T>;

template<class F, class T>
decltype(auto) call(F& f, const context& ctx, T&& item) {
  if constexpr (takes_context<F, T>) {
    return std::invoke(f, ctx, std::forward<T>(item));
  } else {
    return std::invoke(f, std::forward<T>(item));
  }
}

template<class R>
struct value_of_call {
  using type = std::remove_cvref_t<R>;
  static constexpr bool is_task = false;
};
template<>
struct value_of_call<void> {
  using type = std::monostate;  ///< A function without a result gives this mark of its end.
  static constexpr bool is_task = false;
};
template<class R>
struct value_of_call<task<R>> : value_of_call<R> {
  static constexpr bool is_task = true;
};

template<class F, class T>
using call_result = decltype(call(std::declval<F&>(), std::declval<const context&>(), std::declval<T>()));
/// The type that one item becomes.
template<class F, class T>
using mapped = typename value_of_call<call_result<F, T>>::type;
template<class F, class T>
inline constexpr bool maps_by_task = value_of_call<call_result<F, T>>::is_task;

/// Calls a plain f, and puts its result into `into` in a form that can be stored.
template<class F, class T>
void call_into(std::optional<mapped<F, T>>& into, F& f, const context& ctx, T&& item) {
  if constexpr (std::is_void_v<call_result<F, T>>) {
    call(f, ctx, std::forward<T>(item));
    into.emplace();
  } else {
    into.emplace(call(f, ctx, std::forward<T>(item)));
  }
}

}  // namespace braid::detail
