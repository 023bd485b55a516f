// The order of a priority channel, for the values in its buffer and for the sends that wait for room. The greatest rank
// is next; among equals, the element that came first. But the element that has waited longest is passed over at most
// `most_passes` times in a row, and then it is next. So of most_passes + 1 turns at least one goes to the element that
// has waited longest, and no element starves.
#pragma once

#include <cstdint>

#include "braid/base/intrusive_list.hpp"
#include "braid/base/meldable_heap.hpp"

namespace braid::detail {

template<class T, class Tag>
class aging_queue;

/// Base of a T that stands in an aging_queue. Costs nothing if ranks are not used; if they are, call set_rank before
/// push.
template<class T>
class ranked : public meld_hook<T> {
 public:
  std::int64_t rank() const noexcept { return rank_; }
  void set_rank(std::int64_t rank) noexcept { rank_ = rank; }

 private:
  template<class, class>
  friend class aging_queue;
  std::int64_t rank_;
  std::uint64_t number_;  ///< Order of arrival.
};

/// A queue of T, which derives from ranked<T> and list_hook<Tag>. Requires external locking. push, pop and erase: O(1)
/// if first come, first served; O(log n) expected if by rank.
template<class T, class Tag>
class aging_queue {
 public:
  /// First come, first served.
  aging_queue() = default;
  /// By rank.
  explicit aging_queue(std::uint32_t most_passes) noexcept : by_rank_(true), most_passes_(most_passes) {}

  bool empty() const noexcept { return by_age_.empty(); }
  /// Returns true if `t` is the only element.
  bool holds_only(T& t) noexcept { return by_age_.front() == &t && !by_age_.next(t); }
  void push(T& t) noexcept {
    by_age_.push_back(t);
    if (by_rank_) [[unlikely]]
      push_by_rank(t);
  }
  /// Removes and returns the element whose turn it is; null if there is none.
  T* pop() noexcept {
    if (!by_rank_) [[likely]]
      return by_age_.pop_front();
    return empty() ? nullptr : pop_by_rank();
  }
  void erase(T& t) noexcept {
    if (by_rank_) heap_.erase(t);
    by_age_.erase(t);
  }

 private:
  struct before {
    bool operator()(const ranked<T>& a, const ranked<T>& b) const noexcept {
      return a.rank_ != b.rank_ ? a.rank_ > b.rank_ : a.number_ < b.number_;
    }
  };

  [[gnu::noinline]] void push_by_rank(T& t) noexcept {
    static_cast<ranked<T>&>(t).number_ = next_number_++;
    heap_.push(t);
  }
  [[gnu::noinline]] T* pop_by_rank() noexcept {
    T* const oldest = by_age_.front();
    T* const next = passes_ < most_passes_ ? heap_.top() : oldest;
    passes_ = next == oldest ? 0 : passes_ + 1;
    erase(*next);
    return next;
  }

  intrusive_list<T, Tag> by_age_;
  meldable_heap<T, before> heap_;
  const bool by_rank_ = false;
  const std::uint32_t most_passes_ = 0;
  std::uint32_t passes_ = 0;  ///< How often the oldest element was passed over in a row.
  std::uint64_t next_number_ = 0;
};

}  // namespace braid::detail
