// concat: joins several streams into one; each begins after the end of the one before.
//
//   braid::concat(braid::lines("header"), braid::from(rows), braid::lines("footer")) | ...
//
// A stream is started when its turn has come. Nothing of it runs before, and it is pulled no further ahead than it
// would be alone. If a stream fails, the items before the failure come out, then the failure. The streams after it are
// never started (law F2).
#pragma once

#include <optional>

#include "braid/base/make_derived.hpp"
#include "braid/flow/fan_in.hpp"

namespace braid {
namespace detail {

template<class T>
class concat_stage final : public fan_in<T> {
 public:
  explicit concat_stage(std::vector<stream<T>> from) : fan_in<T>(std::move(from), fan_in<T>::pulls::one_by_one) {}

  void start(const context& ctx) override { ctx_.emplace(ctx); }
  pulled pull(std::optional<T>& into, waits& until) override {
    for (; at_ < this->inputs_.size(); ++at_, started_ = false) {
      if (!std::exchange(started_, true)) this->inputs_[at_].from->start(*ctx_);
      const pulled got = this->pull_from(this->inputs_[at_], into, until);
      if (got != pulled::end) return got;
    }
    return pulled::end;
  }

 private:
  std::optional<context> ctx_;
  std::size_t at_ = 0;
  bool started_ = false;
};

}  // namespace detail

/// Ends at once if there are no streams.
template<class T>
stream<T> concat(std::vector<stream<T>> from) {
  return stream<T>(detail::make_derived<detail::pull_stage<T>, detail::concat_stage<T>>(std::move(from)));
}
template<class First, class... More>
requires detail::alike_and_given<First, More...> First concat(First&& first, More&&... more) {
  return concat(detail::listed(std::move(first), std::move(more)...));
}
template<class First, class... More>
requires detail::no_streams_alike<First, More...> BRAID_REFUSED(BRAID_STREAMS_ALIKE)
detail::refused concat(First&&, More&&...);

}  // namespace braid
