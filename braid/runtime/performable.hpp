// The two ways to perform any operation, written once: get() and co_await.
#pragma once

#include "braid/runtime/block_cache.hpp"
#include "braid/runtime/perform.hpp"

namespace braid::detail {

/// The awaiter of `co_await op`. Borrows the operation; lives inside the co_await expression.
template<class Op>
class [[nodiscard]] operation_awaiter {
 public:
  operation_awaiter(Op& op, shield s) noexcept : op_(op), shield_(s) {}

  bool await_ready() const noexcept { return false; }
  template<class Promise>
  [[gnu::always_inline]] bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    performer& me = performer_of(coroutine);
    const alone tried = perform_alone(op_, me, shield_);
    if (tried == alone::done && me.may_go_on()) [[likely]]
      return false;
    return suspend(me, coroutine, tried);
  }
  decltype(auto) await_resume() {
    if (went_ != attempt::committed) [[unlikely]]
      resume();
    return op_.result();
  }

 private:
  [[gnu::noinline]] bool suspend(performer& me, std::coroutine_handle<> coroutine, alone tried) {
    if (tried == alone::done) {  // but the slice is used up: others are to go first
      me.yield(coroutine);
      return true;
    }
    me_ = &me;
    went_ = attempt::parked;  // before it parks: after that, this object may be gone
    const attempt::went went = begin_one(op_, me, shield_, coroutine, tried);
    if (went == attempt::parked) return true;
    went_ = went;
    if (went != attempt::committed || me.may_go_on()) return false;
    me.yield(coroutine);
    return true;
  }
  [[gnu::noinline]] void resume() {
    if (went_ == attempt::cancelled) me_->raise_cancelled();
    finish_one(op_, *me_);
  }

  Op& op_;
  performer* me_;  ///< Set if the operation does not complete at once.
  attempt::went went_ = attempt::committed;
  shield shield_;
};

/// Base of a final operation type Op, which has `R result()`: returns what the last perform gave. Base is operation, or
/// the common part of a source's operations.
template<class Op, class Base = operation>
class performable : public Base {
 public:
  /// Law O11: a cancel of the performer's context ends the wait, except for an operation that says shield::yes.
  static constexpr shield shielded = shield::no;
  /// Temporaries may stand in select only if losing one loses nothing.
  static constexpr bool may_be_temporary_case = false;
  /// Temporaries may stand in on(), whose function takes the winner's result, only if losing one loses nothing.
  static constexpr bool may_be_handled_temporary = false;

  /// Performs the operation on the calling thread, which blocks until then, and returns its result. Throws
  /// braid::cancelled if the task's context is cancelled, and what the operation's result() throws.
  decltype(auto) get() {
    Op& self = static_cast<Op&>(*this);
    performer& me = performer::current();
    const alone tried = perform_alone(self, me, Op::shielded);
    if (tried != alone::done) perform_one(self, me, Op::shielded, tried);
    return self.result();
  }

  /// The same in a coroutine, which suspends: its worker goes on with other tasks.
  operation_awaiter<Op> operator co_await() noexcept {
    static_assert(
        alignof(Op) <= frame_alignment,
        "a value of this operation has a greater alignment than the frame of a coroutine (64): send a pointer "
        "to it, or wait on a thread, with get()");
    return {static_cast<Op&>(*this), Op::shielded};
  }

 protected:
  using Base::Base;
  ~performable() = default;
};

}  // namespace braid::detail
