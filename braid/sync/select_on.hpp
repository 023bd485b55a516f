// select with a function for each case: the value is bound where it is used, and no index has to match.
//
//   braid::select(braid::on(rx.recv(), [&](std::optional<int> v) { use(v); }),
//                 braid::on(braid::after(1s), [&] { flush(); })).get();       // co_await in a coroutine
//
// Exactly one operation is performed (law O1), then its function is called with its result, on the thread or in the
// task that performs the select. If the result throws, as that of a receive from a channel that was closed with an
// error, no function is called and the select throws. A coroutine cannot be the function of a case: its task would not
// be awaited.
//
// A temporary is made anew each time. So in a loop on(after(1s), f) is a limit for each round, and on(rx.recv(), f)
// wins again and again with nothing once the channel has ended. An operation with a name is told once, then skipped:
//
//   auto in = rx.recv(), more = other.recv();
//   while (braid::select(braid::on(in, use), braid::on(more, use)).get()) continue;  // until both have ended
//
// In a coroutine the result of a condition needs a name (docs/coroutines.md).
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "braid/base/refused.hpp"
#include "braid/base/safe_temporary.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/spawned.hpp"

namespace braid {
namespace detail {

/// An operation that may be a temporary of on(): if it loses, nothing is lost.
template<class Op>
concept handled_operation = kept_case<Op> ||(select_case<Op>&& std::remove_cvref_t<Op>::may_be_handled_temporary);

template<class Op>
using operation_result = decltype(std::declval<Op&>().result());
/// A result that a function need not take: that of a clock or a context, say.
template<class Op>
inline constexpr bool may_be_ignored =
    std::is_void_v<operation_result<Op>> || std::remove_cvref_t<Op>::may_be_temporary_case;
template<class F, class Op>
concept takes_result_of = !std::is_void_v<operation_result<Op>> && requires(F & f, Op& op) {
  f(op.result());
};
template<class F, class Op>
concept handles = takes_result_of<F, Op> ||(may_be_ignored<Op>&& std::invocable<F&>);

template<class Op, class F>
decltype(auto) handle(Op& op, F& f) {
  if constexpr (takes_result_of<F, Op>) {
    return f(op.result());
  } else {
    static_cast<void>(op.result());
    return f();
  }
}

/// A case of select with its function. Borrows both.
template<class Op, class F>
class handled_case {
 public:
  using value_type = std::remove_cvref_t<decltype(detail::handle(std::declval<Op&>(), std::declval<F&>()))>;
  static_assert(!end_value<value_type>::is_task,
                "a function of on() is a coroutine, whose task is never awaited: do in it what needs no wait, and "
                "wait after the select");
  static_assert(!std::is_same_v<value_type, bool>,
                "a function of on() returns bool: select would give a std::optional<bool>, which is true in a "
                "condition even if it holds false; set a variable instead, or return an int");

  handled_case(Op& op, F& f) noexcept : op_(op), f_(f) {}
  operation* op() const noexcept { return &op_; }
  value_type handle() { return detail::handle(op_, f_); }

 private:
  Op& op_;
  F& f_;
};

template<class Case>
inline constexpr bool is_handled_case = false;
template<class Op, class F>
inline constexpr bool is_handled_case<handled_case<Op, F>> = true;
template<class... Cases>
concept some_handled = (is_handled_case<std::remove_cvref_t<Cases>> || ...) &&
                       !(is_handled_case<std::remove_cvref_t<Cases>> && ...);

template<class R>
struct handled_value {
  using type = std::optional<R>;  ///< The value that the function returned.
};
template<>
struct handled_value<void> {
  using type = bool;  ///< True if a case was performed.
};

/// The result of select(on(...), ...). It lives in the expression that performs it.
template<class R, class... Cases>
class [[nodiscard]] handled_selection {
 public:
  using value_type = typename handled_value<R>::type;

  handled_selection(choice how, Cases&&... cases)
      : cases_(std::move(cases)...),
        operations_(std::apply([](auto&... each) { return operations{each.op()...}; }, cases_)),
        how_(how),
        suspension_(shield::no) {}
  handled_selection(const handled_selection&) = delete;
  handled_selection& operator=(const handled_selection&) = delete;

  value_type get() && { return handle<0>(perform(list(), suspension_.kind())); }
  expression_awaiter<handled_selection> operator co_await() && noexcept { return {*this}; }
  value_type try_now() && { return handle<0>(try_begin(list(), performer::current())); }

  // For the awaiter and shielded().
  bool suspend(performer& me, std::coroutine_handle<> coroutine) { return suspension_.suspend(list(), me, coroutine); }
  value_type resume() { return handle<0>(suspension_.resume(list())); }
  void set_shielded() noexcept { suspension_.set_shielded(); }

 private:
  using operations = std::array<operation*, sizeof...(Cases)>;

  case_list list() const noexcept { return {operations_, how_}; }
  template<std::size_t I>
  value_type handle(std::size_t won) {
    if constexpr (I == sizeof...(Cases)) {
      return {};  // no case was performed
    } else if (won != I) {
      return handle<I + 1>(won);
    } else if constexpr (std::is_void_v<R>) {
      return std::get<I>(cases_).handle(), true;
    } else {
      return std::get<I>(cases_).handle();
    }
  }

  std::tuple<Cases...> cases_;
  const operations operations_;
  const choice how_;
  suspension suspension_;
};

template<class First, class... More>
auto select_handled(choice how, First&& first, More&&... more) {
  using R = typename First::value_type;
  static_assert((std::is_same_v<R, typename More::value_type> && ...),
                "the functions of one select return the same type: select gives what the one that is called returns");
  return handled_selection<R, First, More...>(how, std::move(first), std::move(more)...);
}

}  // namespace detail

/// Makes a case of select that calls f with the result of `op` if it wins; f may leave out the time that after() and
/// every() give. Borrows both, so perform the select in the same expression. A send must have a name, so that a loser
/// keeps its value. So must a function that owns what it captures, since g++ 12 destroys such a temporary twice inside
/// a co_await.
template<detail::handled_operation Op, detail::safe_temporary F>
requires detail::handles<std::remove_reference_t<F>, std::remove_reference_t<Op>>
    detail::handled_case<std::remove_reference_t<Op>, std::remove_reference_t<F>> on(Op&& op BRAID_LIFETIMEBOUND,
                                                                                     F&& f BRAID_LIFETIMEBOUND)
noexcept {
  return {op, f};
}

template<class Op, class F>
requires(detail::select_case<Op> && !detail::handled_operation<Op>) BRAID_REFUSED(
    "an operation of on() that holds something must have a name, so that it is kept if another case "
    "wins: auto out = tx.send(x); select(on(out, ...), ...)")
detail::refused on(Op&& op, F&& f);
template<detail::handled_operation Op, class F>
requires(!detail::safe_temporary<F>) BRAID_REFUSED(
    "a function of on() that owns what it captures must have a name, since g++ 12 destroys such a "
    "temporary twice inside a co_await: capture by reference, or auto f = [...]; on(rx.recv(), f)")
detail::refused on(Op&& op, F&& f);
template<detail::handled_operation Op, detail::safe_temporary F>
requires(!detail::handles<std::remove_reference_t<F>, std::remove_reference_t<Op>>) BRAID_REFUSED(
    "the function of on() is called with the result of its operation: a receive gives std::optional<T>, "
    "a send bool; that of after(), every() and done() may take nothing")
detail::refused on(Op&& op, F&& f);

/// Performs exactly one of the operations, fair, and calls its function. Gives what that returned, in a std::optional;
/// if the functions return nothing, true. Empty, or false, if no case is left: all have finished or are disabled.
template<class Op, class F, class... Ops, class... Fs>
auto select(detail::handled_case<Op, F>&& first, detail::handled_case<Ops, Fs>&&... more) {
  return detail::select_handled(detail::choice::fair, std::move(first), std::move(more)...);
}
/// The same, but takes the first ready case in the given order.
template<class Op, class F, class... Ops, class... Fs>
auto select(biased_t, detail::handled_case<Op, F>&& first, detail::handled_case<Ops, Fs>&&... more) {
  return detail::select_handled(detail::choice::biased, std::move(first), std::move(more)...);
}
/// The same, fair, but never waits: empty, or false, if at one instant no case was ready (law O12).
template<class Op, class F, class... Ops, class... Fs>
auto try_select(detail::handled_case<Op, F>&& first, detail::handled_case<Ops, Fs>&&... more) {
  return detail::select_handled(detail::choice::fair, std::move(first), std::move(more)...).try_now();
}

template<class... Cases>
requires detail::some_handled<Cases...> BRAID_REFUSED("all cases of a select stand in on(), or none does")
detail::refused select(Cases&&...);

}  // namespace braid
