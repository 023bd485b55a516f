// merge_sorted: joins several sorted streams into one that is sorted.
//
//   braid::merge_sorted(braid::lines("monday.log"), braid::lines("tuesday.log"))
//   braid::merge_sorted(std::move(parts), std::greater<>{})          // a std::vector<braid::stream<T>>
//   braid::merge_sorted(std::move(a), std::move(b), by_time)
//
// Each stream must be sorted by `less` already. If one is not, all items still come out, those of each stream in its
// order, but the result is not sorted. Of equal items, the one from the stream that was named first comes first. The
// stage waits for the next item of every stream that has not ended, and holds one item of each.
//
// A failure of a stream comes out in the place of its next item, when that item is asked for, since it could have been
// the least (law F2). Items that other streams had given by then, at most one of each, do not come out.
//
// Cost: O(log(streams)) calls of `less` per item.
#pragma once

#include <algorithm>
#include <functional>
#include <tuple>

#include "braid/base/make_derived.hpp"
#include "braid/flow/fan_in.hpp"

namespace braid {
namespace detail {

template<class T, class Less>
class merge_sorted_stage final : public fan_in<T> {
 public:
  merge_sorted_stage(std::vector<stream<T>> from, Less less)
      : fan_in<T>(std::move(from)), heads_(this->inputs_.size()), less_(std::move(less)) {
    for (std::size_t i = 0; i < heads_.size(); ++i) headless_.push_back(i);
  }

  ~merge_sorted_stage() override {
    for (std::size_t i = 0; i < heads_.size(); ++i)
      if (heads_[i]) this->inputs_[i].from->take_back(std::move(*heads_[i]));
  }

  pulled pull(std::optional<T>& into, waits& until) override {
    const bool all_there = ask_for_heads(until);
    if (!all_there) return pulled::wait;
    if (by_head_.empty()) return pulled::end;
    std::ranges::pop_heap(by_head_, later());
    const std::size_t least = by_head_.back();
    by_head_.pop_back();
    headless_.push_back(least);
    into.emplace(std::move(*heads_[least]));
    heads_[least].reset();
    return pulled::item;
  }

 private:
  /// Returns true once every stream that has not ended has given its next item.
  bool ask_for_heads(waits& until) {
    std::size_t waiting = 0;
    for (const std::size_t i : headless_) switch (this->pull_from(this->inputs_[i], heads_[i], until)) {
        case pulled::item:
          by_head_.push_back(i);
          std::ranges::push_heap(by_head_, later());
          break;
        case pulled::end:
          break;
        case pulled::wait:
          headless_[waiting++] = i;
          break;
      }
    headless_.resize(waiting);
    return waiting == 0;
  }
  auto later() {
    return [this](std::size_t a, std::size_t b) {
      if (std::invoke(less_, std::as_const(*heads_[b]), std::as_const(*heads_[a]))) return true;
      return a > b && !std::invoke(less_, std::as_const(*heads_[a]), std::as_const(*heads_[b]));
    };
  }

  std::vector<std::optional<T>> heads_;  ///< The next item of each input.
  std::vector<std::size_t> by_head_;     ///< The inputs that have a next item: a heap, the least first.
  std::vector<std::size_t> headless_;    ///< The inputs whose next item is to be pulled.
  Less less_;
};

}  // namespace detail

/// Ends at once if there are no streams.
template<class T, class Less = std::less<>>
stream<T> merge_sorted(std::vector<stream<T>> from, Less less = {}) {
  return stream<T>(detail::make_derived<detail::pull_stage<T>, detail::merge_sorted_stage<T, Less>>(std::move(from),
                                                                                                    std::move(less)));
}
namespace detail {

/// Merges a tuple of streams, whose last element is `less`.
template<class Given, std::size_t... I>
auto merge_sorted_by_last(Given given, std::index_sequence<I...>) {
  return merge_sorted(listed(std::get<I>(std::move(given))...), std::get<sizeof...(I)>(std::move(given)));
}

template<class S, class T>
concept stream_or_order = std::same_as<S, stream<T>> || std::predicate < std::decay_t<S>
&, const T&, const T& > ;
template<class First, class... More>
inline constexpr bool sorts = false;
template<class T, class... More>
inline constexpr bool sorts<stream<T>, More...> = (stream_or_order<More, T> && ...);
template<class First, class... More>
concept not_sorted = is_stream<std::remove_cvref_t<First>> && !sorts<First, More...>;

}  // namespace detail

/// Merges streams; the last argument is `less`, if it is not std::less.
template<class T, detail::stream_or_order<T>... More>
stream<T> merge_sorted(stream<T>&& first, More&&... more) {
  using last = std::tuple_element_t<sizeof...(more), std::tuple<stream<T>, std::decay_t<More>...>>;
  if constexpr (std::same_as<last, stream<T>>) {
    return merge_sorted(detail::listed(std::move(first), std::move(more)...), std::less<>{});
  } else {
    return detail::merge_sorted_by_last(std::tuple(std::move(first), std::forward<More>(more)...),
                                        std::make_index_sequence<sizeof...(more)>());
  }
}
template<class First, class... More>
requires detail::not_sorted<First, More...> BRAID_REFUSED(BRAID_STREAMS_ALIKE)
detail::refused merge_sorted(First&&, More&&...);

}  // namespace braid
