// Performs operations: one of them, or exactly one of several. This file is the claim protocol.
//
// Steps
//  1 Lock and poll one case after another, and keep the locks; for `fair` in a random order, each order equally likely.
//    A ready case wins: unlock, wake the peers, return. In the given order only the first case is polled alone. Then
//    all others are locked before any is polled, so that no case before the winner can become ready in between. Wait
//    for a lock only if its address is above those held.
//  2 If a lock below those held is busy: release all, lock the distinct sources in ascending order of address, and poll
//    all again. Only steps 1 and 2 take a second lock.
//  3 Nothing is ready, and all locks are held: enlist every case in the order of step 1, then open our word. A cancel
//    needs no source's lock, so from here on it can claim and resume us, and step 6 must find every case enlisted. If
//    our scope was cancelled meanwhile and no claim was made, take it all back. (try_select polls once more instead,
//    and if nothing is ready returns none.)
//  4 Unlock. Read the next pointer before each unlock. After the last one touch nothing of the performer or its
//    operations: they may be destroyed.
//  5 A peer holds its one source's lock, takes our case out of the list and claims our word by compare-exchange. If
//    another has won, the peer drops the case. Otherwise it moves the value, unlocks, and wakes us.
//  6 Once woken: lock the source of every loser, withdraw the loser, and let it pass on to those behind. That also
//    waits out step 4 of our own parking thread, so the winner cannot return while a lock of ours is still held. Then
//    close the word and return the winner.
//
// Our word is not open before step 3. So no case pairs with another of the same select, and until then nothing has to
// be taken back.
//
// Law O12: each answer is true at one instant. State under a lock does not change after its poll, since the lock is
// kept. Time and a context's flag may change, but only from not ready to ready. So
//  - fair: at the instant of its poll the winner was ready. Each case that was ready then was equally likely to win, as
//    each is equally likely to be the first of the ready ones in a random order;
//  - given order: at the first poll under all locks no case before the winner was ready. The winner was ready then, or
//    time or a cancel made it ready later. Of two such cases each counts as of its own poll;
//  - none: at the first poll of the last round no case was ready.
//
// Two selects that could pair with each other share a source: the second to lock it finds the first enlisted. There is
// no third state between OPEN and WON, so there is no livelock.
//
// Cost: a case that is ready at once costs one lock of its source. Parking allocates nothing (law O4).
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <span>

#include "braid/runtime/operation.hpp"

namespace braid::detail {

enum class choice { single, fair, biased };

/// The only access to an operation's private parts.
class perform_access {
 public:
  static bool takes_part(const operation& op, choice how) noexcept { return how == choice::single || op.enabled(); }
  static source& source_of(operation& op) noexcept { return *op.source_; }
  static operation*& next(operation& op) noexcept { return op.next_locked_; }
  static std::uint32_t& number(operation& op) noexcept { return op.case_; }
  static bool enlisted(const operation& op) noexcept { return op.performer_ != nullptr; }
  /// Returns the operation's performer from enter() to leave(); null otherwise.
  static const performer* owner(const operation& op) noexcept { return op.performer_; }

  static bool poll(operation& op, wake_chain& wakes) { return op.poll(wakes); }
  static std::string describe(operation& op) { return op.describe(); }
  static std::string describe_others(operation& op) { return op.describe_others(); }
  static bool may_wait_long(operation& op) noexcept { return op.may_wait_long(); }
  /// An operation may define poll_alone(): the part of its poll() that needs no peer and wakes no performer. It is
  /// called with the lock held. It is the operation's fast path; poll() covers it as well.
  template<class Op>
  [[gnu::always_inline]] static bool poll_alone(Op& op) noexcept {
    if constexpr (requires { op.poll_alone(); }) return op.poll_alone();
    return false;
  }
  static void check_free(const operation& op) noexcept {
    BRAID_CHECK(!op.performer_,
                "an operation stands in one select twice, or is performed by two tasks or threads at once");
  }
  /// From here to leave() the operation belongs to `me`.
  static void enter(operation& op, performer& me) noexcept {
    check_free(op);
    op.performer_ = &me;
  }
  static void leave(operation& op) noexcept { op.performer_ = nullptr; }
  static bool is_watched(const performer& me) noexcept { return me.watched_ != nullptr; }
  static void enlist(operation& op, wake_chain& wakes) noexcept { op.enlist(wakes); }
  static void take_back(operation& op, wake_chain& wakes) noexcept {
    op.withdraw();
    op.performer_ = nullptr;
    op.pass_on(wakes);
  }
};

/// The cases of one perform. `single` performs its operation even if select would skip it; of two operations, the first
/// that is ready.
struct case_list {
  std::span<operation* const> cases;
  choice how;
};

struct attempt {
  enum went : std::uint8_t { committed, parked, cancelled, no_case_left } state;
  std::size_t index = no_case;
};

/// Does steps 1 to 4. `where` is the coroutine to resume once claimed; null if the performer waits as a thread. After
/// `parked` the caller lets go of everything and, once woken, calls finish. Throws what a poll throws (std::bad_alloc
/// of an unbounded channel); then nothing has happened.
attempt begin(case_list list, performer& me, shield s, std::coroutine_handle<> where);

/// The result of perform_alone. Unless it is done, nothing has happened, and begin_one continues: with the lock of the
/// operation's source, if that is held already.
enum class alone : std::uint8_t { not_tried = 1, lock_is_held, done };  // no 0: measured, g++ 12 spills less

/// Does all steps for one operation that needs neither a peer nor a wait. That is common enough to have its own path.
template<class Op>
alone perform_alone(Op& op, const performer& me, shield s) noexcept;

/// Does steps 1 to 4 for one operation, under its one lock: no order to keep, nothing to sort.
attempt::went begin_one(operation& op, performer& me, shield s, std::coroutine_handle<> where, alone tried);
/// Does step 6 for one operation.
void finish_one(operation& op, performer& me);

/// Does steps 1 and 2 alone. Returns the index of the case that was performed; no_case if none was ready at one
/// instant.
std::size_t try_begin(case_list list, performer& me);

/// Polls for a try_ call of one operation. Returns true if it was performed.
bool poll_once(operation& op);
/// The same, whatever the state of the task's context.
bool poll_once_shielded(operation& op);

/// Describes in words what `op` waits for.
std::string description_of(operation& op);

/// Does step 6. Returns the index of the winner; throws if a cancel won.
std::size_t finish(case_list list, performer& me);

/// Does all steps on the calling thread, which blocks. Returns the winner's index, or no_case if no case was enabled.
/// Throws braid::cancelled if the performer's context is cancelled, and no_thread_left on a worker whose executor has
/// no thread to take over (law X1); then nothing has happened.
std::size_t perform(case_list list, shield s = shield::no);

/// The same for one operation.
void perform_one(operation& op, performer& me, shield s, alone tried);

/// The same for a coroutine: the state that its awaiter keeps between suspension and resumption. Trivially
/// destructible, so that an awaiter is safe inside a co_await expression on g++ 12.
class suspension {
 public:
  explicit suspension(shield s) noexcept : shield_(s) {}
  shield kind() const noexcept { return shield_; }
  void set_shielded() noexcept { shield_ = shield::yes; }
  /// For await_suspend. Returns false if the coroutine continues at once. After true, nothing of this object may be
  /// touched.
  bool suspend(case_list list, performer& me, std::coroutine_handle<> coroutine);
  /// For await_resume. Returns the index of the winner; throws if a cancel won.
  std::size_t resume(case_list list);

 private:
  performer* me_ = nullptr;
  attempt attempt_{attempt::committed};
  shield shield_;
};

// Contains no call, so that its caller has nothing to save: this halves the instructions of a send or receive that
// completes at once.
template<class Op>
[[gnu::always_inline]] inline alone perform_alone(Op& op, const performer& me,
                                                  shield s) noexcept BRAID_UNCHECKED_LOCKING {
  if ((s == shield::no && me.is_cancelled()) || perform_access::enlisted(op)) return alone::not_tried;
  spin_lock& lock = perform_access::source_of(op).lock();
  if (!lock.try_lock()) return alone::not_tried;
  if (!perform_access::poll_alone(op)) return alone::lock_is_held;
  lock.unlock();
  return alone::done;
}

/// The promise of a coroutine that braid drives: it knows the performer that runs it.
template<class Promise>
concept task_promise = requires(Promise& p) {
  { p.current_performer() } -> std::same_as<performer&>;
};

template<class Promise>
performer& performer_of(std::coroutine_handle<Promise> coroutine) noexcept {
  static_assert(task_promise<Promise>, "braid's operations are awaited in a coroutine that returns braid::task");
  return coroutine.promise().current_performer();
}

/// The awaiter of an expression that is performed where it stands: select(...), within(...).
template<class Expression>
struct [[nodiscard]] expression_awaiter {
  Expression& expression;
  bool await_ready() const noexcept { return false; }
  template<class Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    return expression.suspend(performer_of(coroutine), coroutine);
  }
  decltype(auto) await_resume() { return expression.resume(); }
};

}  // namespace braid::detail
