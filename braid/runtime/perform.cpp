#include "braid/runtime/perform.hpp"

#include <functional>
#include <utility>

#include "braid/runtime/cancel_scope.hpp"

namespace braid::detail {

/// The one door to an operation's private parts.
class perform_access {
 public:
  static bool takes_part(const operation& op, choice how) noexcept { return how == choice::single || op.enabled(); }
  static source& source_of(operation& op) noexcept { return *op.source_; }
  static operation*& next(operation& op) noexcept { return op.next_locked_; }
  static bool enlisted(const operation& op) noexcept { return op.performer_ != nullptr; }

  static bool poll(operation& op, wake_chain& wakes) { return op.poll(wakes); }
  /// From here to leave() the operation is `me`'s, as case `index`.
  static void enter(operation& op, performer& me, std::size_t index) noexcept {
    BRAID_CHECK(!op.performer_,
                "an operation stands in one select twice, or is performed by two tasks or threads at once");
    op.performer_ = &me;
    op.case_ = static_cast<std::uint32_t>(index);
  }
  static void leave(operation& op) noexcept { op.performer_ = nullptr; }
  static void enlist(operation& op, wake_chain& wakes) noexcept { op.enlist(wakes); }
  static void take_back(operation& op) noexcept {
    op.withdraw();
    op.performer_ = nullptr;
  }
};

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

void take_all_back(case_list list) noexcept {
  find_case(list, 0, [](std::size_t, operation& op) { return access::take_back(op), false; });
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
    take_all_back(list);
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

std::size_t finish(case_list list, performer& me) {
  const outcome winner = me.won();
  for (std::size_t i = 0; i < list.cases.size(); ++i) {
    operation& op = *list.cases[i];
    if (!access::enlisted(op)) continue;
    if (i == winner) {
      access::leave(op);
      continue;
    }
    spin_guard guard(access::source_of(op).lock());
    access::take_back(op);
  }
  me.close();
  if (winner == cancelled_outcome) me.raise_cancelled();
  return winner;
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
  me.park_thread();
  return finish(list, me);
}

bool suspension::suspend(case_list list, performer& me, std::coroutine_handle<> coroutine) {
  me_ = &me;
  attempt_.state = attempt::parked;  // before begin: after parking, this object may already be gone
  const attempt a = begin(list, me, shield_, coroutine);
  if (a.state == attempt::parked) return true;
  attempt_ = a;
  return false;
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
  detail::spin_guard guard(source_->lock());
  withdraw();
  performer_ = nullptr;
}

}  // namespace braid
