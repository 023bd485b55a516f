// within(limit, op) performs op unless the limit comes first: the end of a context, a duration, or a time point.
//
//   auto v = co_await braid::within(ctx, rx.recv());       // throws braid::cancelled, with the cause
//   auto v = braid::within(2s, rx.recv()).get();           // throws braid::timed_out
//   braid::result<bool> sent = co_await braid::try_within(2s, tx.send(x));
//
// Either op commits and its result is given, or op has no effect and the limit is reported (law O1). A context that has
// already ended wins over a ready operation; a ready operation wins over a time that has already passed.
#pragma once

#include <array>
#include <exception>

#include "braid/sync/context.hpp"
#include "braid/sync/ticker.hpp"

namespace braid {
namespace detail {

/// The limits: operations with the cause that they throw.
class context_limit {
 public:
  explicit context_limit(const context& ctx) noexcept : ctx_(ctx), done_(ctx.done()) {}
  operation& op() noexcept { return done_; }
  static constexpr bool first = true;
  cause why() const { return *ctx_.why(); }

 private:
  const context& ctx_;
  done_wait done_;
};

class time_limit {
 public:
  explicit time_limit(duration wait) : after_(wait) {}
  explicit time_limit(time_point due) : after_(current_environment().clock_or_default(), due) {}
  operation& op() noexcept { return after_; }
  static constexpr bool first = false;
  cause why() const { return {error_code::timed_out, "the time that within() was given has passed"}; }

 private:
  after after_;
};

/// `op` under `Limit`. Lives inside one expression, in which get() or co_await performs it at once.
template<class Op, class Limit>
class [[nodiscard]] limited {
 public:
  template<class L>
  limited(const L& limit, Op& op)
      : op_(op),
        limit_(limit),
        cases_(Limit::first ? std::array<operation*, 2>{&limit_.op(), &op}
                            : std::array<operation*, 2>{&op, &limit_.op()}),
        suspension_(Op::shielded) {}
  limited(const limited&) = delete;
  limited& operator=(const limited&) = delete;

  decltype(auto) get() && { return finish(perform(list(), suspension_.kind())); }
  expression_awaiter<limited> operator co_await() && noexcept { return {*this}; }

  // For the awaiter and shielded().
  bool suspend(performer& me, std::coroutine_handle<> coroutine) { return suspension_.suspend(list(), me, coroutine); }
  decltype(auto) resume() { return finish(suspension_.resume(list())); }
  void set_shielded() noexcept { suspension_.set_shielded(); }

 private:
  /// Uses `single` over two cases: polls in the order given, and polls op even if select would skip it, as op.get()
  /// does.
  case_list list() const noexcept { return {cases_, choice::single}; }
  decltype(auto) finish(std::size_t winner) {
    if (cases_[winner] != &op_) limit_.why().raise();
    return op_.result();
  }

  Op& op_;
  Limit limit_;
  const std::array<operation*, 2> cases_;
  suspension suspension_;
};

error describe_current_exception();

/// The same, with every outcome as a value.
template<class Op, class Limit>
class [[nodiscard]] try_limited {
 public:
  using value_type = std::remove_cvref_t<decltype(std::declval<Op&>().result())>;

  template<class L>
  try_limited(const L& limit, Op& op) : inner_(limit, op) {}

  result<value_type> get() && {
    return as_result([this]() -> decltype(auto) { return std::move(inner_).get(); });
  }
  expression_awaiter<try_limited> operator co_await() && noexcept { return {*this}; }

  // For the awaiter and shielded().
  bool suspend(performer& me, std::coroutine_handle<> coroutine) { return inner_.suspend(me, coroutine); }
  result<value_type> resume() {
    return as_result([this]() -> decltype(auto) { return inner_.resume(); });
  }
  void set_shielded() noexcept { inner_.set_shielded(); }

 private:
  template<class F>
  result<value_type> as_result(F perform) {
    try {
      if constexpr (std::is_void_v<value_type>) {
        perform();
        return std::monostate{};
      } else {
        return perform();
      }
    } catch (...) {
      return describe_current_exception();
    }
  }
  limited<Op, Limit> inner_;
};

}  // namespace detail

/// Performs `op` unless `ctx` ends first: then throws its cause (cancelled, timed_out), and op has no effect. Borrows
/// both, so perform it in the same expression.
template<std::derived_from<operation> Op>
detail::limited<Op, detail::context_limit> within(const context& ctx BRAID_LIFETIMEBOUND, Op&& op BRAID_LIFETIMEBOUND) {
  return {ctx, op};
}
template<std::derived_from<operation> Op>
detail::limited<Op, detail::context_limit> within(const context& ctx BRAID_LIFETIMEBOUND, Op& op BRAID_LIFETIMEBOUND) {
  return {ctx, op};
}
/// Performs `op` unless `wait` passes first, counted from this call on the clock of the task's context: then throws
/// timed_out, and op has no effect.
template<std::derived_from<operation> Op>
detail::limited<Op, detail::time_limit> within(duration wait, Op&& op BRAID_LIFETIMEBOUND) {
  return {wait, op};
}
template<std::derived_from<operation> Op>
detail::limited<Op, detail::time_limit> within(duration wait, Op& op BRAID_LIFETIMEBOUND) {
  return {wait, op};
}
template<std::derived_from<operation> Op>
detail::limited<Op, detail::time_limit> within(time_point deadline, Op&& op BRAID_LIFETIMEBOUND) {
  return {deadline, op};
}
template<std::derived_from<operation> Op>
detail::limited<Op, detail::time_limit> within(time_point deadline, Op& op BRAID_LIFETIMEBOUND) {
  return {deadline, op};
}

/// As within, but every outcome is a value: result<R> holds the result of op, or the error {code, text, exception}.
template<class LimitArgument, std::derived_from<operation> Op>
auto try_within(const LimitArgument& limit BRAID_LIFETIMEBOUND, Op&& op BRAID_LIFETIMEBOUND) {
  using kind = std::conditional_t<std::is_convertible_v<const LimitArgument&, const context&>, detail::context_limit,
                                  detail::time_limit>;
  return detail::try_limited<Op, kind>(limit, op);
}
template<class LimitArgument, std::derived_from<operation> Op>
auto try_within(const LimitArgument& limit BRAID_LIFETIMEBOUND, Op& op BRAID_LIFETIMEBOUND) {
  return try_within(limit, std::move(op));
}

}  // namespace braid
