#include "braid/runtime/perform.hpp"

#include <utility>

#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/case_order.hpp"
#include "braid/runtime/held_sources.hpp"
#include "braid/runtime/thread_wait.hpp"
#include "braid/runtime/wait_registry.hpp"

namespace braid::detail {

bool claim(operation& waiting, wake_chain& wakes) noexcept {
  performer& who = *waiting.performer_;
  if (!who.claim(waiting.case_)) return false;
  if (home_process::is_child_of_fork() && who.env().executor) [[unlikely]]
    who.env().executor->check_threads();  // the outcome would be lost
  wakes.add(who);
  return true;
}

namespace {

/// Returns true for a task of the parent in the child of a fork, where no thread resumes it.
bool is_copy_of_parents_task(const performer& who) noexcept {
  if (!home_process::is_child_of_fork()) [[likely]]
    return false;
  const executor* const runs_it = who.env().executor;
  return runs_it && runs_it->has_lost_threads();
}

}  // namespace

bool claim_at_end(operation& waiting, wake_chain& wakes) noexcept {
  return !is_copy_of_parents_task(*waiting.performer_) && claim(waiting, wakes);
}

bool claim_finished(operation& waiting, wake_chain& wakes) noexcept {
  performer& who = *waiting.performer_;
  if (!who.claim(waiting.case_)) return false;
  wakes.add(who);
  waiting.finished_ = true;
  return true;
}

namespace {

using access = perform_access;

/// Polls the cases in order, with every lock held. Returns no_case if none was ready.
std::size_t poll_held(case_list list, case_order& order, wake_chain& wakes) {
  for (std::size_t i = 0; i < list.cases.size(); ++i) {
    const std::size_t index = order[i];
    operation& op = *list.cases[index];
    if (access::takes_part(op, list.how) && access::poll(op, wakes)) return index;
  }
  return no_case;
}

/// Step 2.
std::size_t poll_under_all_locks(case_list list, case_order& order, held_sources& held, wake_chain& wakes) {
  held.let_go();
  held.take_all(list);
  order.draw_again();  // a case polled before may be ready by now, and its place must not bias the choice
  return poll_held(list, order, wakes);
}

bool take_rest(case_list list, held_sources& held) noexcept {
  for (operation* const op : list.cases.subspan(1))
    if (access::takes_part(*op, list.how) && !held.take(*op)) return false;
  return true;
}

/// Holds the lock of one source until it is let go or given away.
class first_lock {
 public:
  explicit first_lock(source& of) noexcept BRAID_UNCHECKED_LOCKING : lock_(&of.lock()) { lock_->lock(); }
  first_lock(const first_lock&) = delete;
  first_lock& operator=(const first_lock&) = delete;
  ~first_lock() BRAID_UNCHECKED_LOCKING {
    if (lock_) lock_->unlock();
  }
  void give_away() noexcept { lock_ = nullptr; }

 private:
  spin_lock* lock_;
};

/// Does the first place of step 1, apart, since most selects need no more. Returns true if `op` was performed.
/// Otherwise its lock is held if it takes part.
[[gnu::always_inline]] inline bool poll_first(operation& op, choice how, wake_chain& wakes) {
  if (!access::takes_part(op, how)) return false;
  first_lock lock(access::source_of(op));
  access::check_free(op);
  if (access::poll(op, wakes)) return true;
  lock.give_away();
  return false;
}

/// Does steps 1 and 2 from the second place on. Returns the index of the case that was performed, or no_case; then
/// every lock is held.
std::size_t find_ready(case_list list, case_order& order, held_sources& held, wake_chain& wakes) {
  const std::size_t size = list.cases.size();
  if (operation& op = *list.cases[order[0]]; access::takes_part(op, list.how)) held.adopt(op);
  if (order.is_given() && size > 1)
    return take_rest(list, held) ? poll_held(list, order, wakes) : poll_under_all_locks(list, order, held, wakes);
  for (std::size_t i = 1; i < size; ++i) {
    const std::size_t index = order[i];
    operation& op = *list.cases[index];
    if (!access::takes_part(op, list.how)) continue;
    if (!held.take(op)) return poll_under_all_locks(list, order, held, wakes);
    if (access::poll(op, wakes)) return index;
  }
  return no_case;
}

/// Step 3. Claimers read the number of a case only once its lock is free.
void enlist_all(case_list list, case_order& order, performer& me, wake_chain& wakes) noexcept {
  for (std::size_t i = 0; i < list.cases.size(); ++i) {
    operation& op = *list.cases[order[i]];
    if (!access::takes_part(op, list.how)) continue;
    access::enter(op, me);
    access::enlist(op, wakes);
  }
  for (std::size_t i = 0; i < list.cases.size(); ++i)
    if (access::enlisted(*list.cases[i])) access::number(*list.cases[i]) = static_cast<std::uint32_t>(i);
}

void take_all_back(case_list list, wake_chain& wakes) noexcept {
  for (operation* const op : list.cases)
    if (access::enlisted(*op)) access::take_back(*op, wakes);
}

// --- waits that a report can see ---

void watch_begin(performer& me, std::span<operation* const> cases, std::coroutine_handle<> where) noexcept {
  if (wait_registry::is_on()) [[unlikely]]
    wait_registry::begin(me, cases, where);
}
/// Called before the operations may be destroyed.
void watch_end(performer& me) noexcept {
  if (access::is_watched(me)) [[unlikely]]
    wait_registry::end(me);
}
void watch_place(performer& me, const void* place) noexcept {
  if (access::is_watched(me)) [[unlikely]]
    wait_registry::set_place(me, place);
}

/// Does the rest of begin() when the first place of the order was not ready: its lock is held.
[[gnu::noinline]] attempt begin_from_second(case_list list, performer& me, shield s, std::coroutine_handle<> where,
                                            std::uint64_t drawn, wake_chain& wakes) {
  held_sources held;
  case_order order(list, me, drawn);
  const std::size_t ready = find_ready(list, order, held, wakes);
  if (ready != no_case) return {attempt::committed, ready};
  if (held.empty()) return {attempt::no_case_left};
  enlist_all(list, order, me, wakes);
  watch_begin(me, list.cases, where);
  me.open(s, where);
  if (s == shield::no && me.is_cancelled() && me.claim_cancelled()) {
    watch_end(me);
    take_all_back(list, wakes);
    me.close();
    return {attempt::cancelled};
  }
  return {attempt::parked};
}

[[gnu::noinline]] std::size_t try_from_second(case_list list, performer& me, std::uint64_t drawn, wake_chain& wakes) {
  held_sources held;
  case_order order(list, me, drawn);
  const std::size_t ready = find_ready(list, order, held, wakes);
  // Time or a cancel may have made a case ready after its poll, while another one, not locked yet, was still ready. So
  // poll again.
  return ready == no_case ? poll_held(list, order, wakes) : ready;
}

std::size_t try_one(case_list list) {
  if (list.cases.empty() || !access::takes_part(*list.cases[0], list.how)) return no_case;
  return poll_once_shielded(*list.cases[0]) ? 0 : no_case;
}

}  // namespace

attempt begin(case_list list, performer& me, shield s, std::coroutine_handle<> where) {
  if (s == shield::no && me.is_cancelled()) return {attempt::cancelled};
  if (list.cases.empty()) return {attempt::no_case_left};
  wake_chain wakes;  // its destructor wakes, after the locks are released
  const std::uint64_t drawn = case_order::draw(list, me);
  const std::size_t first = case_order::first(list, drawn);
  if (poll_first(*list.cases[first], list.how, wakes)) return {attempt::committed, first};
  return begin_from_second(list, me, s, where, drawn, wakes);
}

std::size_t try_begin(case_list list, performer& me) {
  if (me.is_cancelled()) me.raise_cancelled();
  if (list.cases.size() < 2) return try_one(list);
  wake_chain wakes;  // its destructor wakes, after the locks are released
  const std::uint64_t drawn = case_order::draw(list, me);
  const std::size_t first = case_order::first(list, drawn);
  if (poll_first(*list.cases[first], list.how, wakes)) return first;
  return try_from_second(list, me, drawn, wakes);
}

bool poll_once(operation& op) {
  if (performer& me = performer::current(); me.is_cancelled()) me.raise_cancelled();
  return poll_once_shielded(op);
}

bool poll_once_shielded(operation& op) {
  wake_chain wakes;  // its destructor wakes, after the lock is released
  spin_guard guard(access::source_of(op).lock());
  return access::poll(op, wakes);
}

namespace {

/// As begin_one, with the lock held and everything checked.
attempt::went begin_locked(operation& op, performer& me, shield s, std::coroutine_handle<> where, wake_chain& wakes) {
  if (access::poll(op, wakes)) return attempt::committed;
  access::enter(op, me);
  access::number(op) = 0;
  operation* const self = &op;
  watch_begin(me, {&self, 1}, where);
  access::enlist(op, wakes);
  me.open(s, where);
  if (s == shield::no && me.is_cancelled() && me.claim_cancelled()) {
    watch_end(me);
    access::take_back(op, wakes);
    me.close();
    return attempt::cancelled;
  }
  return attempt::parked;
}

}  // namespace

attempt::went begin_one(operation& op, performer& me, shield s, std::coroutine_handle<> where,
                        alone tried) BRAID_UNCHECKED_LOCKING {
  spin_lock& lock = access::source_of(op).lock();
  if (tried != alone::lock_is_held) {
    if (s == shield::no && me.is_cancelled()) return attempt::cancelled;
    access::check_free(op);
    lock.lock();
  }
  wake_chain wakes;  // its destructor wakes, after the lock is released
  spin_guard guard(lock, adopt_lock);
  return begin_locked(op, me, s, where, wakes);
}

void finish_one(operation& op, performer& me) {
  watch_end(me);
  if (me.won() != 0) {
    operation* const self = &op;
    finish({{&self, 1}, choice::single}, me);
    return;
  }
  access::leave(op);
  me.close();
}

std::size_t finish(case_list list, performer& me) {
  watch_end(me);
  const outcome winner = me.won();
  for (std::size_t i = 0; i < list.cases.size(); ++i) {
    operation& op = *list.cases[i];
    if (!access::enlisted(op)) continue;
    if (i == winner) {
      access::leave(op);
      continue;
    }
    wake_chain wakes;  // its destructor wakes, after the unlock
    spin_guard guard(access::source_of(op).lock());
    access::take_back(op, wakes);
  }
  me.close();
  if (winner == cancelled_outcome) me.raise_cancelled();
  return winner;
}

std::string description_of(operation& op) {
  spin_guard guard(access::source_of(op).lock());
  return access::describe(op);
}

namespace {

/// Blocks the parked performer's thread until it is woken. A worker lends its seat to another thread meanwhile. If
/// there is none, the performer claims itself and takes everything back.
void block_thread(case_list list, performer& me) {
  thread_wait wait(list.cases);
  if (wait.lend()) {
    if (wait.may_end_soon()) me.look_for_wake();
    me.park_thread();
    wait.take_back();
    return;
  }
  if (me.claim(gone_outcome)) {
    finish(list, me);
    throw no_thread_left(wait.why_refused());
  }
  me.park_thread();  // another party has won: the wake-up is on its way
}

}  // namespace

void perform_one(operation& op, performer& me, shield s, alone tried) {
  const attempt::went went = begin_one(op, me, s, nullptr, tried);
  if (went == attempt::cancelled) me.raise_cancelled();
  if (went != attempt::parked) return;
  watch_place(me, __builtin_return_address(0));
  operation* const self = &op;
  block_thread({{&self, 1}, choice::single}, me);
  finish_one(op, me);
}

std::size_t perform(case_list list, shield s) {
  performer& me = performer::current();
  const attempt a = begin(list, me, s, nullptr);
  switch (a.state) {
    case attempt::committed:
      return a.index;
    case attempt::no_case_left:
      return no_case;
    case attempt::cancelled:
      me.raise_cancelled();
    case attempt::parked:
      break;
  }
  watch_place(me, __builtin_return_address(0));
  block_thread(list, me);
  return finish(list, me);
}

bool suspension::suspend(case_list list, performer& me, std::coroutine_handle<> coroutine) {
  me_ = &me;
  attempt_.state = attempt::parked;  // before begin: after parking, this object may already be gone
  const attempt a = begin(list, me, shield_, coroutine);
  if (a.state == attempt::parked) return true;
  attempt_ = a;
  if (a.state != attempt::committed || me.may_go_on()) return false;
  me.yield(coroutine);
  return true;
}

std::size_t suspension::resume(case_list list) {
  switch (attempt_.state) {
    case attempt::committed:
      return attempt_.index;
    case attempt::no_case_left:
      return no_case;
    case attempt::cancelled:
      me_->raise_cancelled();
    case attempt::parked:
      break;
  }
  return finish(list, *me_);
}

}  // namespace braid::detail

namespace braid {
namespace {

struct source_of_nobody final : detail::source {
  source_of_nobody() = default;
  ~source_of_nobody() = default;
};
source_of_nobody nobody;

}  // namespace

void operation::take_place_of(operation& from) noexcept {
  BRAID_CHECK(
      !performer_ && !from.performer_,
      "a future was moved while a task or a thread waits for it: leave it in its place until the wait has ended");
  source_ = std::exchange(from.source_, &nobody);
  disabled_ = from.disabled_;
  finished_ = from.finished_;
}

void operation::abandon() noexcept {
  BRAID_CHECK(performer_->claim(detail::gone_outcome) || performer_->won() == detail::gone_outcome ||
                  detail::is_copy_of_parents_task(*performer_),
              "an operation was destroyed after it was claimed and before its owner was resumed: its outcome would be "
              "lost. Let a task_group own the tasks that perform operations");
  if (detail::perform_access::is_watched(*performer_)) detail::wait_registry::end(*performer_);
  detail::wake_chain wakes;
  detail::spin_guard guard(source_->lock());
  withdraw();
  performer_ = nullptr;
  pass_on(wakes);
}

}  // namespace braid
