// race: of several streams, the first that gives an item.
//
//   braid::race(ask("mirror a"), ask("mirror b")) | braid::first(1)
//
// The first stream that gives an item has won: the result is that stream, from this item on. The others are cancelled
// at once, with the cause "lost a race", and joined at the latest when the stream ends. The items that they were
// working on and their failures are dropped with them. A stream that ends without an item, or fails before its first,
// is out. If all are out, the first failure is thrown; if none has failed, the stream ends. A failure of the winner is
// a failure of the result.
//
// Plain functions can race as well: a stream that runs one in its pull is pulled on a thread of its own (apart.hpp). A
// function of a loser that is running when the race is won goes on to its end, unless it watches its context. The end
// of the stream waits for it.
#pragma once

#include <exception>
#include <vector>

#include "braid/base/make_derived.hpp"
#include "braid/flow/fan_in.hpp"

namespace braid {
namespace detail {

template<class T>
class race_stage final : public fan_in<T> {
  using input = typename fan_in<T>::input;

 public:
  using fan_in<T>::fan_in;

  /// Starts each stream under a context of its own.
  void start(const context& ctx) override {
    ctx_.emplace(ctx);
    for (input& each : this->inputs_) {
      runners_.push_back({&each, with_cancel(ctx)});
      each.from->start(runners_.back().own.ctx);
    }
  }
  pulled pull(std::optional<T>& into, waits& until) override {
    if (winner_) return this->pull_from(*winner_, into, until);
    const std::size_t others = until.size();
    for (std::size_t i = begin_with(until.performed); i < runners_.size();) switch (ask(*runners_[i].in, into, until)) {
        case pulled::item:
          until.resize(others);
          win(i);
          return pulled::item;
        case pulled::end:
          runners_[i].own.cancel("out of a race");
          runners_.erase(runners_.begin() + static_cast<std::ptrdiff_t>(i));
          break;
        case pulled::wait:
          ++i;
          break;
      }
    if (!runners_.empty()) return pulled::wait;
    if (!first_failure_) return pulled::end;
    ctx_->check();
    std::rethrow_exception(first_failure_);
  }

 private:
  struct runner {
    input* in;
    cancellable own;
  };

  /// Puts a stream whose operation has been performed first.
  std::size_t begin_with(std::size_t performed) {
    for (std::size_t i = 1; i < runners_.size(); ++i)
      if (runners_[i].in->was_waited_for(performed)) std::swap(runners_[0], runners_[i]);
    return 0;
  }
  /// Pulls one stream. Keeps its failure and returns `end`, unless the race's own context has ended: then throws that.
  pulled ask(input& one, std::optional<T>& into, waits& until) {
    const std::size_t others = until.size();
    try {
      return this->pull_from(one, into, until);
    } catch (...) {
      ctx_->check();  // throws the end of the context in place of a failure of a stream
      if (!first_failure_) first_failure_ = std::current_exception();
      until.resize(others);
      return pulled::end;
    }
  }
  void win(std::size_t i) {
    winner_ = runners_[i].in;
    this->forget_waits();
    for (runner& each : runners_)
      if (each.in != winner_) each.own.cancel("lost a race");
    runners_.clear();
  }

  std::optional<context> ctx_;
  std::vector<runner> runners_;  ///< The streams that are not out.
  input* winner_ = nullptr;
  std::exception_ptr first_failure_;
};

}  // namespace detail

/// Ends at once if there are no streams.
template<class T>
stream<T> race(std::vector<stream<T>> from) {
  return stream<T>(detail::make_derived<detail::pull_stage<T>, detail::race_stage<T>>(std::move(from)));
}
template<class First, class... More>
requires detail::alike_and_given<First, More...> First race(First&& first, More&&... more) {
  return race(detail::listed(std::move(first), std::move(more)...));
}
template<class First, class... More>
requires detail::no_streams_alike<First, More...> BRAID_REFUSED(BRAID_STREAMS_ALIKE)
detail::refused race(First&&, More&&...);

}  // namespace braid
