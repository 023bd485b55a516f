// merge: joins several streams into one, whose items come as they are ready.
//
//   braid::merge(braid::from(orders), braid::from(returns)) | braid::for_each(book)
//   braid::merge(std::move(feeds)) | ...                  // a std::vector<braid::stream<event>>
//
// The items of one stream keep their order. The merge is fair: streams that have an item ready take turns, so one that
// always has one does not starve another. A plain function of one stream holds up no other: a stream that runs one in
// its pull is pulled on a thread of its own, unless its items are short (apart.hpp), and then holds one item at most.
//
// The merge holds no other item. If a stream fails, what was ready in any stream before the failure comes out, then the
// failure, then nothing (law F2: what came out of each stream is a prefix of it). The others are cancelled and joined.
//
// Cost: an item takes one pull of its stream, and one of each stream that is asked before it and has no item:
// O(streams) at worst.
#pragma once

#include "braid/base/make_derived.hpp"
#include "braid/flow/fan_in.hpp"

namespace braid {
namespace detail {

template<class T>
class merge_stage final : public fan_in<T> {
  using input = typename fan_in<T>::input;

 public:
  explicit merge_stage(std::vector<stream<T>> from) : fan_in<T>(std::move(from)) {
    for (input& each : this->inputs_) live_.push_back(&each);
  }

  pulled pull(std::optional<T>& into, waits& until) override {
    const std::size_t others = until.size();
    std::size_t at = first_to_ask(until.performed);
    for (std::size_t left = live_.size(); left > 0; --left) {
      if (at >= live_.size()) at = 0;
      switch (this->pull_from(*live_[at], into, until)) {
        case pulled::item:
          turn_ = at + 1;
          until.resize(others);
          this->leave();
          return pulled::item;
        case pulled::end:  // the next stream moves up to its place
          live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(at));
          break;
        case pulled::wait:
          ++at;
          break;
      }
    }
    return live_.empty() ? pulled::end : pulled::wait;
  }

 private:
  std::size_t first_to_ask(std::size_t performed) const noexcept {
    for (std::size_t i = 0; i < live_.size(); ++i)
      if (live_[i]->was_waited_for(performed)) return i;
    return turn_;
  }

  std::vector<input*> live_;  ///< The inputs that have not ended.
  std::size_t turn_ = 0;      ///< The index of the one that is asked first.
};

}  // namespace detail

/// Gives items as they are ready. Ends at once if there are no streams.
template<class T>
stream<T> merge(std::vector<stream<T>> from) {
  return stream<T>(detail::make_derived<detail::pull_stage<T>, detail::merge_stage<T>>(std::move(from)));
}
template<class First, class... More>
requires detail::alike_and_given<First, More...> First merge(First&& first, More&&... more) {
  return merge(detail::listed(std::move(first), std::move(more)...));
}
template<class First, class... More>
requires detail::no_streams_alike<First, More...> BRAID_REFUSED(BRAID_STREAMS_ALIKE)
detail::refused merge(First&&, More&&...);

}  // namespace braid
