// shielded(op) performs op even if the task's context is cancelled: for clean-up that has to wait.
//
//   co_await braid::shielded(tx.send(last_words));
//   co_await braid::shielded(braid::within(5s, tx.send(last_words)));
#pragma once

#include "braid/runtime/performable.hpp"

namespace braid {
namespace detail {

/// Borrows the operation; performed in the same expression.
template<class Op>
class [[nodiscard]] shielded_operation {
 public:
  explicit shielded_operation(Op& op) noexcept : op_(op) {}

  decltype(auto) get() && {
    operation* const self = &op_;
    perform({{&self, 1}, choice::single}, shield::yes);
    return op_.result();
  }
  operation_awaiter<Op> operator co_await() && noexcept { return {op_, shield::yes}; }

 private:
  Op& op_;
};

}  // namespace detail

/// Opts `op` out of law O11: it neither throws at entry nor wakes when the task's context is cancelled. If what it
/// waits for never happens, the task never ends.
template<std::derived_from<operation> Op>
detail::shielded_operation<Op> shielded(Op&& op BRAID_LIFETIMEBOUND) noexcept {
  return detail::shielded_operation<Op>(op);
}
template<std::derived_from<operation> Op>
detail::shielded_operation<Op> shielded(Op& op BRAID_LIFETIMEBOUND) noexcept {
  return detail::shielded_operation<Op>(op);
}

/// The same for select(...), within(...) and try_within(...).
template<class Expression>
requires requires(Expression& e) {
  e.set_shielded();
}
Expression&& shielded(Expression&& expression BRAID_LIFETIMEBOUND) noexcept {
  expression.set_shielded();
  return std::forward<Expression>(expression);
}

}  // namespace braid
