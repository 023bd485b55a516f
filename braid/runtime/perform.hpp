// Performing operations: one of them, or exactly one of several. This file is the claim protocol.
//
// Steps
//  1 Poll each case, one source at a time, from a random start (or in the given order). Our word is not open yet, so
//    nobody can pair us with ourselves and nothing has to be taken back. A single case is left to step 3.
//  2 Nothing ready: lock all distinct sources in ascending order of address. Only this step holds two locks.
//  3 Poll all once more; on success unlock, wake the peers, return. (One operation that has been tried alone comes
//    here with its lock still held.)
//  4 Enlist every case, then open our word: a cancel needs no source's lock, so from here on it can claim and
//    resume us, and step 7 must find every case enlisted. If our scope was cancelled meanwhile and nobody claimed us,
//    take it all back.
//  5 Unlock. Read the next pointer before each unlock; after the last one touch nothing of the performer or its
//    operations: they may be gone.
//  6 A peer holds its one source's lock, takes our case out of the list and claims our word by compare-exchange. It
//    drops the case if somebody else has won; else it moves the value, unlocks, and wakes us.
//  7 Woken: lock the source of every loser, withdraw it, and let it pass on to those behind. That also waits out step 5
//    of our own parking thread, so the winner cannot return while a lock of ours is still held. Then close the word and
//    return the winner.
//
// Two selects that could pair with each other share a source, so step 2 puts them in order: the second to lock finds
// the first enlisted in step 3. There is no third state between OPEN and WON, and so no livelock.
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

/// The one door to an operation's private parts.
class perform_access {
 public:
  static bool takes_part(const operation& op, choice how) noexcept { return how == choice::single || op.enabled(); }
  static source& source_of(operation& op) noexcept { return *op.source_; }
  static operation*& next(operation& op) noexcept { return op.next_locked_; }
  static bool enlisted(const operation& op) noexcept { return op.performer_ != nullptr; }

  static bool poll(operation& op, wake_chain& wakes) { return op.poll(wakes); }
  static std::string describe(operation& op) { return op.describe(); }
  /// An operation may say what of its poll() needs no peer and wakes nobody, in a function poll_alone() of its own,
  /// with the lock held. That is its fast path; poll() covers it too.
  template<class Op>
  [[gnu::always_inline]] static bool poll_alone(Op& op) noexcept {
    if constexpr (requires { op.poll_alone(); }) return op.poll_alone();
    return false;
  }
  static void check_free(const operation& op) noexcept {
    BRAID_CHECK(!op.performer_,
                "an operation stands in one select twice, or is performed by two tasks or threads at once");
  }
  /// From here to leave() the operation is `me`'s, as case `index`.
  static void enter(operation& op, performer& me, std::size_t index) noexcept {
    check_free(op);
    op.performer_ = &me;
    op.case_ = static_cast<std::uint32_t>(index);
  }
  static void leave(operation& op) noexcept { op.performer_ = nullptr; }
  static void enlist(operation& op, wake_chain& wakes) noexcept { op.enlist(wakes); }
  static void take_back(operation& op, wake_chain& wakes) noexcept {
    op.withdraw();
    op.performer_ = nullptr;
    op.pass_on(wakes);
  }
};

/// The cases of one perform. `single` performs its operation even if select would skip it; of two, the first that is
/// ready.
struct case_list {
  std::span<operation* const> cases;
  choice how;
};

struct attempt {
  enum went : std::uint8_t { committed, parked, cancelled, no_case_left } state;
  std::size_t index = no_case;
};

/// Steps 1 to 5. `where` is the coroutine to resume once claimed; null: the performer waits as a thread. After `parked`
/// the caller lets go of everything and, woken, calls finish. Throws what a poll throws (std::bad_alloc of an unbounded
/// channel); then nothing has happened.
attempt begin(case_list list, performer& me, shield s, std::coroutine_handle<> where);

/// What came of perform_alone. Unless it is done nothing has happened, and begin_one goes on: with the lock of the
/// operation's source, if it is held already.
enum class alone : std::uint8_t { not_tried = 1, lock_is_held, done };  // no 0: measured, g++ 12 spills less

/// All of it for one operation that needs neither a peer nor a wait, and is so common that it has its own path.
template<class Op>
alone perform_alone(Op& op, const performer& me, shield s) noexcept;

/// Steps 3 to 5 for one operation, under its one lock: no order to keep, nothing to sort.
attempt::went begin_one(operation& op, performer& me, shield s, std::coroutine_handle<> where, alone tried);
/// Step 7 for one operation.
void finish_one(operation& op, performer& me);

/// Step 1 alone: the index of the case that was performed; no_case if none was ready.
std::size_t try_begin(case_list list, performer& me);

/// Step 1 for a try_ call of one operation: true if it was performed.
bool poll_once(operation& op);
/// The same whatever became of the task's context.
bool poll_once_shielded(operation& op);

/// What `op` waits for, as a person would say it.
std::string description_of(operation& op);

/// Step 7: the index of the winner; throws if a cancel won.
std::size_t finish(case_list list, performer& me);

/// All of it on the calling thread, which blocks: the winner's index, or no_case if no case was enabled. Throws
/// braid::cancelled if the performer's context is cancelled, and no_thread_left on a worker whose executor has no
/// thread to take over (law X1); then nothing has happened.
std::size_t perform(case_list list, shield s = shield::no);

/// The same for one operation.
void perform_one(operation& op, performer& me, shield s, alone tried);

/// The same for a coroutine: what its awaiter keeps between suspension and resumption. Trivially destructible, so
/// that an awaiter is safe inside a co_await expression on g++ 12.
class suspension {
 public:
  explicit suspension(shield s) noexcept : shield_(s) {}
  shield kind() const noexcept { return shield_; }
  void set_shielded() noexcept { shield_ = shield::yes; }
  /// For await_suspend: false if the coroutine goes on at once. After true, nothing of it may be touched.
  bool suspend(case_list list, performer& me, std::coroutine_handle<> coroutine);
  /// For await_resume: the index of the winner; throws if a cancel won.
  std::size_t resume(case_list list);

 private:
  performer* me_ = nullptr;
  attempt attempt_{attempt::committed};
  shield shield_;
};

// Without a call in it, so that its caller has nothing to save: a send or receive that goes through at once is half the
// instructions that way.
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

/// What co_await makes of an expression that is performed where it stands: select(...), within(...).
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
