// The rule of a priority channel, given once for the values in its buffer and for the sends that wait for room:
// the greatest rank is next, the first that came among equals; but the one that has waited longest is passed over at
// most `most_passes` times in a row, then it is its turn. So of most_passes + 1 turns at least one goes to the one that
// has waited longest, and nobody starves.
#pragma once

#include <cstdint>

#include "braid/base/intrusive_list.hpp"
#include "braid/base/meldable_heap.hpp"

namespace braid::detail {

template<class T, class Tag>
class ranked_line;

/// Base of T that stands in a ranked_line. Costs nothing where ranks are not used: set_rank comes before push there.
template<class T>
class ranked : public meld_hook<T> {
 public:
  std::int64_t rank() const noexcept { return rank_; }
  void set_rank(std::int64_t rank) noexcept { rank_ = rank; }

 private:
  template<class, class>
  friend class ranked_line;
  std::int64_t rank_;
  std::uint64_t number_;  ///< In the order of arrival.
};

/// A line of T, which derives from ranked<T> and list_hook<Tag>. Needs outside locking. push, pop and erase: O(1) while
/// it is first come first served, O(log n) expected by rank.
template<class T, class Tag>
class ranked_line {
 public:
  /// First come, first served.
  ranked_line() = default;
  /// By rank.
  explicit ranked_line(std::uint32_t most_passes) noexcept : by_rank_(true), most_passes_(most_passes) {}

  bool empty() const noexcept { return by_age_.empty(); }
  /// Nobody else is in line.
  bool holds_only(T& t) noexcept { return by_age_.front() == &t && !by_age_.next(t); }
  void push(T& t) noexcept {
    by_age_.push_back(t);
    if (by_rank_) [[unlikely]]
      push_by_rank(t);
  }
  /// The one whose turn it is, which has left the line; null if it is empty.
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
  std::uint32_t passes_ = 0;  ///< How often the oldest one was passed over in a row.
  std::uint64_t next_number_ = 0;
};

}  // namespace braid::detail
