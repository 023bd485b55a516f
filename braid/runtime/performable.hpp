// The ways in which every operation is performed, given once: get() and co_await.
#pragma once

#include "braid/runtime/perform.hpp"

namespace braid::detail {

/// What `co_await op` makes. Borrows the operation; lives inside the co_await expression.
template<class Op>
class [[nodiscard]] operation_awaiter {
 public:
  operation_awaiter(Op& op, shield s) noexcept : op_(op), shield_(s) {}

  bool await_ready() const noexcept { return false; }
  template<class Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    performer& me = performer_of(coroutine);
    me_ = &me;
    const attempt::went went = begin_one(op_, me, shield_, coroutine);
    if (went == attempt::parked) return true;  // from here on this object may be gone
    went_ = went;
    if (went_ != attempt::committed || me.may_go_on()) return false;
    me.yield(coroutine);
    return true;
  }
  decltype(auto) await_resume() {
    if (went_ == attempt::parked) finish_one(op_, *me_);
    if (went_ == attempt::cancelled) [[unlikely]]
      me_->raise_cancelled();
    return op_.result();
  }

 private:
  Op& op_;
  performer* me_ = nullptr;
  attempt::went went_ = attempt::parked;
  shield shield_;
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
    Op& self = static_cast<Op&>(*this);
    performer& me = performer::current();
    const attempt::went went = begin_one(self, me, Op::shielded, nullptr);
    if (went == attempt::cancelled) me.raise_cancelled();
    if (went == attempt::parked) {
      operation* const alone = this;
      block_thread({{&alone, 1}, choice::single}, me);
      finish_one(self, me);
    }
    return self.result();
  }

  /// The same in a coroutine, which suspends: its worker goes on with other tasks.
  operation_awaiter<Op> operator co_await() noexcept { return {static_cast<Op&>(*this), Op::shielded}; }

 protected:
  using Base::Base;
  ~performable() = default;
};

}  // namespace braid::detail
