// Sources: where the items of a stream come from.
//
//   braid::from(orders)                    // a range by reference, which must outlive the stream
//   braid::from(std::move(orders))         // a range that the stream owns: its items are moved out
//   braid::from(std::views::iota(1, 101))
//   braid::from(rx)                        // the items of a channel, until it is closed and drained
//   braid::generate([n = 0]() mutable { return n < 9 ? std::optional(n++) : std::nullopt; })
//   braid::ticks(1s)                       // the time, every second
//   braid::lines("access.log")             // the lines of a file, without their ends; "-" is standard input
#pragma once

#include <concepts>
#include <fstream>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

#include "braid/base/make_derived.hpp"
#include "braid/flow/stream.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/ticker.hpp"

namespace braid {
namespace detail {

/// Base of the sources, which have no stage before them. Derived classes add pull().
template<class T>
class source_of : public pull_stage<T> {
 public:
  void start(const context&) override {}
  /// Returns false: only a channel keeps an account.
  bool take_back(T&&) noexcept override { return false; }
  bool lost(std::size_t) noexcept override { return false; }
  void leave() noexcept final {}
  task<> stop() final { co_return; }
};

/// Gives the values of a function's optional results, until one is empty.
template<class T, class Next>
class generated_source final : public source_of<T> {
 public:
  explicit generated_source(Next next) : next_(std::move(next)) {}
  bool runs_user_code() const noexcept override { return true; }
  pulled pull(std::optional<T>& into, waits&) override {
    into = next_();
    return into ? pulled::item : pulled::end;
  }

 private:
  Next next_;
};

template<class>
inline constexpr bool owns_its_items = false;
template<class Range>
inline constexpr bool owns_its_items<std::ranges::owning_view<Range>> = true;

/// Heuristic: yields references to existing items.
template<class Range>
concept container = std::ranges::sized_range<Range> && std::ranges::forward_range<Range> && !std::ranges::view<Range> &&
                    std::is_lvalue_reference_v<std::ranges::range_reference_t<Range>>;
/// True for a container by reference or owned, an array, a span, or numbers. Any other range may compute or block when
/// it is asked for an item.
template<class View>
inline constexpr bool holds_its_items = std::ranges::contiguous_range<View>;
template<class Range>
inline constexpr bool holds_its_items<std::ranges::ref_view<Range>> = container<Range>;
template<class Range>
inline constexpr bool holds_its_items<std::ranges::owning_view<Range>> = container<Range>;
template<class From, class To>
inline constexpr bool holds_its_items<std::ranges::iota_view<From, To>> = std::integral<From>;

/// Gives the items of a range. Items of an owned range are moved out.
template<class View>
class range_source final : public source_of<std::ranges::range_value_t<View>> {
  using T = std::ranges::range_value_t<View>;

 public:
  explicit range_source(View view) : view_(std::move(view)) {}
  void start(const context&) override { at_.emplace(std::ranges::begin(view_)); }
  bool is_prompt() const noexcept override { return holds_its_items<View>; }
  bool runs_user_code() const noexcept override { return !holds_its_items<View>; }
  pulled pull(std::optional<T>& into, waits&) override {
    if (std::exchange(has_given_, false)) ++*at_;  // not before: what ++ throws comes after the item
    if (*at_ == std::ranges::end(view_)) return pulled::end;
    if constexpr (owns_its_items<View>) {
      into.emplace(std::ranges::iter_move(*at_));
    } else {
      into.emplace(**at_);
    }
    has_given_ = true;
    return pulled::item;
  }

 private:
  View view_;
  std::optional<std::ranges::iterator_t<View>> at_;
  bool has_given_ = false;  ///< The item at *at_ was given.
};

template<class T>
class receiver_source final : public source_of<T> {
 public:
  explicit receiver_source(receiver<T> from) : from_(std::move(from)) {}
  /// Gives back an item that arrived while the stream was cancelled and was not pulled any more.
  ~receiver_source() override {
    if (!next_ || !next_->op.has_result()) return;
    try {
      if (auto item = next_->op.result()) from_.give_back(std::move(*item));
    } catch (...) {  // the error that the channel was closed with: there is no item
    }
  }
  bool is_prompt() const noexcept override { return true; }
  bool take_back(T&& item) noexcept override { return from_.give_back(std::move(item)), true; }
  bool lost(std::size_t items) noexcept override { return from_.count_lost(items), true; }
  pulled pull(std::optional<T>& into, waits& until) override {
    if (!next_) next_.emplace(from_);
    if (!next_->op.has_result() && !poll_once(next_->op)) return until.push_back(&next_->op), pulled::wait;
    into = next_->op.result();
    return into ? pulled::item : pulled::end;
  }

 private:
  /// Constructed in place: an operation does not move.
  struct waiting {
    explicit waiting(const receiver<T>& on) : op(on.recv()) {}
    decltype(std::declval<const receiver<T>&>().recv()) op;
  };
  receiver<T> from_;
  std::optional<waiting> next_;
};

class tick_source final : public source_of<time_point> {
 public:
  explicit tick_source(duration interval) noexcept : interval_(interval) {}
  void start(const context& ctx) override { tick_.emplace(ctx.env().clock_or_default(), interval_); }
  pulled pull(std::optional<time_point>& into, waits& until) override {
    if (tick_->result() == given_ && !poll_once(*tick_)) return until.push_back(&*tick_), pulled::wait;
    into = given_ = tick_->result();
    return pulled::item;
  }

 private:
  const duration interval_;
  std::optional<every> tick_;
  time_point given_{};  ///< The last tick. No tick has the time of an `every` that has not ticked.
};

struct line_reader {
  explicit line_reader(const std::string& path);
  std::optional<std::string> operator()();

  std::string path;
  std::unique_ptr<std::ifstream> file;  ///< Null for standard input.
};

template<class>
inline constexpr bool is_receiver = false;
template<class T>
inline constexpr bool is_receiver<receiver<T>> = true;

}  // namespace detail

/// Borrows a named range. Owns an rvalue range, or a view, which is copied.
template<std::ranges::input_range Range>
requires(!detail::is_receiver<std::remove_cvref_t<Range>>) auto from(Range&& range) {
  using view = std::views::all_t<Range>;
  using T = std::ranges::range_value_t<view>;
  return stream<T>(detail::make_derived<detail::pull_stage<T>, detail::range_source<view>>(
      std::views::all(std::forward<Range>(range))));
}

/// Gives the items of a channel until it is closed and drained. A channel closed with an error fails the stream.
template<class T>
stream<T> from(receiver<T> values) {
  return stream<T>(detail::make_derived<detail::pull_stage<T>, detail::receiver_source<T>>(std::move(values)));
}

/// Gives the results of f, which returns std::optional<T>, until one is empty.
template<class F>
auto generate(F f) {
  using T = typename std::invoke_result_t<F&>::value_type;
  return stream<T>(detail::make_derived<detail::pull_stage<T>, detail::generated_source<T, F>>(std::move(f)));
}

/// Gives the times that are a multiple of `interval` after the start of the run, on the context's clock, without end.
/// Ticks that were not taken in time are merged into one. Throws std::invalid_argument unless `interval` is above zero.
inline stream<time_point> ticks(duration interval) {
  detail::checked_period("interval of ticks()", interval);
  return stream<time_point>(std::make_unique<detail::tick_source>(interval));
}

/// Throws std::system_error, naming the file, if it cannot be opened or read.
inline stream<std::string> lines(const std::string& path) {
  return generate(detail::line_reader(path));
}

}  // namespace braid
