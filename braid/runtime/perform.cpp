#include "braid/runtime/perform.hpp"

#include <functional>
#include <utility>

#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/thread_wait.hpp"

namespace braid::detail {

bool claim(operation& waiting, wake_chain& wakes) noexcept {
  performer& who = *waiting.performer_;
  if (!who.claim(waiting.case_)) return false;
  wakes.add(who);
  return true;
}

bool claim_finished(operation& waiting, wake_chain& wakes) noexcept {
  if (!claim(waiting, wakes)) return false;
  waiting.finished_ = true;
  return true;
}

namespace {

using access = perform_access;

/// Visits the cases that take part, from `offset` on, until visit(index, op) is true.
template<class Visit>
std::size_t find_case(case_list list, std::size_t offset, Visit visit) {
  const std::size_t size = list.cases.size();
  for (std::size_t i = 0; i < size; ++i) {
    std::size_t index = i + offset;
    if (index >= size) index -= size;
    if (operation& op = *list.cases[index]; access::takes_part(op, list.how) && visit(index, op)) return index;
  }
  return no_case;
}

std::size_t start_of(case_list list, performer& me) noexcept {
  if (list.how != choice::fair || list.cases.size() < 2) return 0;
  return me.random().below(static_cast<std::uint32_t>(list.cases.size()));
}

std::size_t poll_each(case_list list, std::size_t offset) {
  wake_chain wakes;  // wakes when it goes, with no lock held
  return find_case(list, offset, [&](std::size_t, operation& op) {
    spin_guard guard(access::source_of(op).lock());
    return access::poll(op, wakes);
  });
}

operation* merge_by_source(operation* a, operation* b) noexcept {
  operation* first = nullptr;
  operation** end = &first;
  while (a && b) {
    operation*& least = std::less<>{}(&access::source_of(*b), &access::source_of(*a)) ? b : a;
    *end = least;
    end = &access::next(*least);
    least = *end;
  }
  *end = a ? a : b;
  return first;
}

/// Cuts the first `count` cases off `rest`, in ascending order of their sources. A merge sort that allocates nothing.
operation* sort_first(operation*& rest, std::size_t count) noexcept {
  if (count == 1) {
    operation* const first = std::exchange(rest, access::next(*rest));
    access::next(*first) = nullptr;
    return first;
  }
  operation* const left = sort_first(rest, count / 2);
  operation* const right = sort_first(rest, count - count / 2);
  return merge_by_source(left, right);
}

/// Enters the cases that take part, as a list in ascending order of their sources; null if there is none.
operation* enter_by_source(case_list list, performer& me) noexcept {
  operation* all = nullptr;
  std::size_t count = 0;
  find_case(list, 0, [&](std::size_t i, operation& op) {
    access::enter(op, me, i);
    access::next(op) = std::exchange(all, &op);
    ++count;
    return false;
  });
  return count > 0 ? sort_first(all, count) : nullptr;
}

/// Holds every distinct source of a sorted list. Letting go reads ahead: after the last unlock the list may be gone.
class all_sources_guard {
 public:
  explicit all_sources_guard(operation* sorted) noexcept BRAID_UNCHECKED_LOCKING : sorted_(sorted) {
    for (operation* op = sorted_; op; op = next_source(op)) access::source_of(*op).lock().lock();
  }
  ~all_sources_guard() BRAID_UNCHECKED_LOCKING {
    for (operation* op = sorted_; op;) {
      operation* const next = next_source(op);
      access::source_of(*op).lock().unlock();
      op = next;
    }
  }
  all_sources_guard(const all_sources_guard&) = delete;
  all_sources_guard& operator=(const all_sources_guard&) = delete;

 private:
  static operation* next_source(operation* op) noexcept {
    source* const same = &access::source_of(*op);
    while (op && &access::source_of(*op) == same) op = access::next(*op);
    return op;
  }
  operation* const sorted_;
};

void take_all_back(case_list list, wake_chain& wakes) noexcept {
  find_case(list, 0, [&](std::size_t, operation& op) { return access::take_back(op, wakes), false; });
}

/// Step 3. Whatever comes of it but no_case, also an exception, the cases are left again.
std::size_t poll_all_or_stay(case_list list, std::size_t offset, wake_chain& wakes) {
  const auto leave_all = [&] {
    find_case({list.cases, choice::single}, 0, [](std::size_t, operation& op) { return access::leave(op), false; });
  };
  try {
    const std::size_t ready =
        find_case(list, offset, [&](std::size_t, operation& op) { return access::poll(op, wakes); });
    if (ready != no_case) leave_all();
    return ready;
  } catch (...) {
    leave_all();
    throw;
  }
}

/// Steps 2 to 5.
attempt park(case_list list, performer& me, shield s, std::coroutine_handle<> where, std::size_t offset) {
  wake_chain wakes;
  operation* const sorted = enter_by_source(list, me);
  if (!sorted) return {attempt::no_case_left};
  all_sources_guard guard(sorted);
  const std::size_t ready = poll_all_or_stay(list, offset, wakes);
  if (ready != no_case) return {attempt::committed, ready};
  find_case(list, 0, [&](std::size_t, operation& op) { return access::enlist(op, wakes), false; });
  me.open(s, where);
  if (s == shield::no && me.is_cancelled() && me.claim_cancelled()) {
    take_all_back(list, wakes);
    me.close();
    return {attempt::cancelled};
  }
  return {attempt::parked};
}

}  // namespace

attempt begin(case_list list, performer& me, shield s, std::coroutine_handle<> where) {
  if (s == shield::no && me.is_cancelled()) return {attempt::cancelled};
  const std::size_t offset = start_of(list, me);
  if (list.cases.size() > 1) {  // a single case is polled in step 3, under the lock that it would be enlisted with
    const std::size_t ready = poll_each(list, offset);
    if (ready != no_case) return {attempt::committed, ready};
  }
  return park(list, me, s, where, offset);
}

std::size_t try_begin(case_list list, performer& me) {
  if (me.is_cancelled()) me.raise_cancelled();
  return poll_each(list, start_of(list, me));
}

bool poll_once(operation& op) {
  if (performer& me = performer::current(); me.is_cancelled()) me.raise_cancelled();
  return poll_once_shielded(op);
}

bool poll_once_shielded(operation& op) {
  operation* const self = &op;
  return poll_each({{&self, 1}, choice::single}, 0) == 0;
}

namespace {

/// As begin_one, with the lock held and everything checked.
attempt::went begin_locked(operation& op, performer& me, shield s, std::coroutine_handle<> where, wake_chain& wakes) {
  if (access::poll(op, wakes)) return attempt::committed;
  access::enter(op, me, 0);
  access::enlist(op, wakes);
  me.open(s, where);
  if (s == shield::no && me.is_cancelled() && me.claim_cancelled()) {
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
  wake_chain wakes;  // wakes when it goes, after the lock
  spin_guard guard(lock, adopt_lock);
  return begin_locked(op, me, s, where, wakes);
}

void finish_one(operation& op, performer& me) {
  if (me.won() != 0) {
    operation* const self = &op;
    finish({{&self, 1}, choice::single}, me);
    return;
  }
  access::leave(op);
  me.close();
}

std::size_t finish(case_list list, performer& me) {
  const outcome winner = me.won();
  for (std::size_t i = 0; i < list.cases.size(); ++i) {
    operation& op = *list.cases[i];
    if (!access::enlisted(op)) continue;
    if (i == winner) {
      access::leave(op);
      continue;
    }
    wake_chain wakes;  // wakes when it goes, after the unlock
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

/// The parked performer's thread waits until it is woken. A worker's seat goes to another thread meanwhile; if there is
/// none, the performer claims itself and takes everything back.
void block_thread(case_list list, performer& me) {
  thread_wait wait(list.cases);
  if (wait.lend()) {
    me.park_thread();
    wait.take_back();
    return;
  }
  if (me.claim(gone_outcome)) {
    finish(list, me);
    throw no_thread_left(wait.why_refused());
  }
  me.park_thread();  // somebody has won: the wake is on its way
}

}  // namespace

void perform_one(operation& op, performer& me, shield s, alone tried) {
  const attempt::went went = begin_one(op, me, s, nullptr, tried);
  if (went == attempt::cancelled) me.raise_cancelled();
  if (went != attempt::parked) return;
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
  BRAID_CHECK(performer_->claim(detail::gone_outcome) || performer_->won() == detail::gone_outcome,
              "an operation was destroyed after it was claimed and before its owner was resumed: its outcome would be "
              "lost. Let a task_group own the tasks that perform operations");
  detail::wake_chain wakes;
  detail::spin_guard guard(source_->lock());
  withdraw();
  performer_ = nullptr;
  pass_on(wakes);
}

}  // namespace braid
