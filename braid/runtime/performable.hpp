// The ways in which every operation is performed, given once: get() and co_await.
#pragma once

#include "braid/runtime/perform.hpp"

namespace braid::detail {

/// What `co_await op` makes. Borrows the operation; lives inside the co_await expression.
template<class Op>
class [[nodiscard]] operation_awaiter {
 public:
  operation_awaiter(Op& op, shield s) noexcept : op_(op), case_{&op}, suspension_(s) {}

  bool await_ready() const noexcept { return false; }
  template<class Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    return suspension_.suspend(list(), performer_of(coroutine), coroutine);
  }
  decltype(auto) await_resume() {
    suspension_.resume(list());
    return op_.result();
  }

 private:
  case_list list() const noexcept { return {{&case_, 1}, choice::single}; }
  Op& op_;
  operation* case_;
  suspension suspension_;
};

/// Base of a final operation type Op, which has `R result()`: hands out what the last perform gave. Base is operation,
/// or what a source's operations have in common.
template<class Op, class Base = operation>
class performable : public Base {
 public:
  /// Law O11: a cancel of the performer's context ends the wait, except of an operation that says shield::yes.
  static constexpr shield shielded = shield::no;
  /// Temporaries may stand in select only if losing one loses nothing.
  static constexpr bool may_be_temporary_case = false;

  /// Performs the operation on the calling thread and gives its result; blocks the thread until then. Throws
  /// braid::cancelled if the task's context is cancelled, and what the operation's result() throws.
  decltype(auto) get() {
    operation* const self = this;
    perform({{&self, 1}, choice::single}, Op::shielded);
    return static_cast<Op&>(*this).result();
  }

  /// The same in a coroutine, which suspends: its worker goes on with other tasks.
  operation_awaiter<Op> operator co_await() noexcept { return {static_cast<Op&>(*this), Op::shielded}; }

 protected:
  using Base::Base;
  ~performable() = default;
};

}  // namespace braid::detail
