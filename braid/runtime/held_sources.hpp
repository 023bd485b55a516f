// The locks that one perform holds while it decides. They make its answer true at one instant (law O12).
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

#include "braid/runtime/perform.hpp"

namespace braid::detail {

inline operation* merge_by_source(operation* a, operation* b) noexcept {
  operation* first = nullptr;
  operation** end = &first;
  while (a && b) {
    operation*& least = std::less<>{}(&perform_access::source_of(*b), &perform_access::source_of(*a)) ? b : a;
    *end = least;
    end = &perform_access::next(*least);
    least = *end;
  }
  *end = a ? a : b;
  return first;
}

/// Cuts the first `count` cases off `rest` and returns them in ascending order of their sources. A merge sort that
/// allocates nothing.
inline operation* sort_by_source(operation*& rest, std::size_t count) noexcept {
  if (count == 1) {
    operation* const first = std::exchange(rest, perform_access::next(*rest));
    perform_access::next(*first) = nullptr;
    return first;
  }
  operation* const left = sort_by_source(rest, count / 2);
  operation* const right = sort_by_source(rest, count - count / 2);
  return merge_by_source(left, right);
}

/// The locks of sources that one perform holds, each once: a list of operations, one for each source. let_go() reads
/// each link before the unlock, since after the last unlock the operations may be destroyed.
class held_sources {
 public:
  held_sources() = default;
  held_sources(const held_sources&) = delete;
  held_sources& operator=(const held_sources&) = delete;
  ~held_sources() { let_go(); }

  bool empty() const noexcept { return last_ == nullptr; }
  /// Takes over the lock of `op`'s source. Requires that it is locked already, and that nothing else is held.
  void adopt(operation& op) noexcept {
    perform_access::next(op) = nullptr;
    last_ = &op;
    highest_ = &perform_access::source_of(op);
  }
  /// Locks the source of `op`, unless it is held already. Waits only for a source above all that are held, so that no
  /// two performs wait for each other. Returns false if a lower source is busy; the caller then has to let_go().
  bool take(operation& op) noexcept BRAID_UNCHECKED_LOCKING {
    source& from = perform_access::source_of(op);
    if (!last_ || std::less<>{}(highest_, &from)) {
      from.lock().lock();
      highest_ = &from;
    } else if (!from.lock().try_lock()) {
      return holds(from);
    }
    perform_access::check_free(op);
    perform_access::next(op) = std::exchange(last_, &op);
    return true;
  }
  /// Locks the sources of all cases that take part, in ascending order, and waits for each.
  void take_all(case_list list) noexcept {
    operation* all = nullptr;
    std::size_t count = 0;
    for (operation* const op : list.cases) {
      if (!perform_access::takes_part(*op, list.how)) continue;
      perform_access::next(*op) = std::exchange(all, op);
      ++count;
    }
    for (operation* op = count > 0 ? sort_by_source(all, count) : nullptr; op;) {
      operation* const after = perform_access::next(*op);
      if (empty() || &perform_access::source_of(*op) != highest_) take(*op);
      op = after;
    }
  }
  void let_go() noexcept BRAID_UNCHECKED_LOCKING {
    while (operation* const op = last_) {
      last_ = perform_access::next(*op);
      perform_access::source_of(*op).lock().unlock();
    }
  }

 private:
  bool holds(const source& s) const noexcept {
    for (operation* op = last_; op; op = perform_access::next(*op))
      if (&perform_access::source_of(*op) == &s) return true;
    return false;
  }

  operation* last_ = nullptr;
  const source* highest_ = nullptr;  ///< The highest source held.
};

}  // namespace braid::detail
