// Where the items of a stream come from.
//
//   braid::from(orders)                    // a range by reference; it outlives the stream
//   braid::from(std::move(orders))         // a range that the stream owns: its items are moved out
//   braid::from(std::views::iota(1, 101))
//   braid::from(rx)                        // what a channel brings, until it is closed and drained
//   braid::generate([n = 0]() mutable { return n < 9 ? std::optional(n++) : std::nullopt; })
//   braid::lines("access.log")             // of a file, without their ends; "-" is standard input
#pragma once

#include <fstream>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <utility>

#include "braid/flow/stream.hpp"
#include "braid/sync/channel.hpp"

namespace braid {
namespace detail {

/// Pulled from what never waits. Next gives an optional.
template<class T, class Next>
class ready_source final : public producer<T> {
 public:
  explicit ready_source(Next next) : next_(std::move(next)) {}
  void start(const context&) override {}
  pulled pull(std::optional<T>& into, waits&) override {
    into = next_();
    return into ? pulled::item : pulled::end;
  }
  void leave() noexcept override {}
  task<> stop() override { co_return; }

 private:
  Next next_;
};

/// A range, held or referred to by a view.
template<class View>
class range_source final : public producer<std::ranges::range_value_t<View>> {
  using T = std::ranges::range_value_t<View>;

 public:
  explicit range_source(View view) : view_(std::move(view)) {}
  void start(const context&) override { at_.emplace(std::ranges::begin(view_)); }
  pulled pull(std::optional<T>& into, waits&) override {
    if (*at_ == std::ranges::end(view_)) return pulled::end;
    into.emplace(**at_);
    ++*at_;
    return pulled::item;
  }
  void leave() noexcept override {}
  task<> stop() override { co_return; }

 private:
  View view_;
  std::optional<std::ranges::iterator_t<View>> at_;
};

/// A container that is used up.
template<class Range>
class owned_range_source final : public producer<std::ranges::range_value_t<Range>> {
  using T = std::ranges::range_value_t<Range>;

 public:
  explicit owned_range_source(Range&& range) : range_(std::move(range)) {}
  void start(const context&) override { at_.emplace(std::ranges::begin(range_)); }
  pulled pull(std::optional<T>& into, waits&) override {
    if (*at_ == std::ranges::end(range_)) return pulled::end;
    into.emplace(std::ranges::iter_move(*at_));
    ++*at_;
    return pulled::item;
  }
  void leave() noexcept override {}
  task<> stop() override { co_return; }

 private:
  Range range_;
  std::optional<std::ranges::iterator_t<Range>> at_;
};

template<class T>
class receiver_source final : public producer<T> {
 public:
  explicit receiver_source(receiver<T> from) : from_(std::move(from)) {}
  void start(const context&) override {}
  pulled pull(std::optional<T>& into, waits& until) override {
    if (!next_) next_.emplace(from_);
    if (!next_->op.has_result() && !poll_once(next_->op)) return until.push_back(&next_->op), pulled::wait;
    into = next_->op.result();
    return into ? pulled::item : pulled::end;
  }
  void leave() noexcept override {}
  task<> stop() override { co_return; }

 private:
  /// Made in its place: an operation does not move.
  struct waiting {
    explicit waiting(const receiver<T>& on) : op(on.recv()) {}
    decltype(std::declval<const receiver<T>&>().recv()) op;
  };
  receiver<T> from_;
  std::optional<waiting> next_;
};

struct line_reader {
  explicit line_reader(const std::string& path);
  std::optional<std::string> operator()();

  std::string path;
  std::unique_ptr<std::ifstream> file;  ///< Null: standard input.
};

template<class>
inline constexpr bool is_receiver = false;
template<class T>
inline constexpr bool is_receiver<receiver<T>> = true;

}  // namespace detail

/// Borrows a range that is named, and owns one that is given away (or a view, which is copied).
template<std::ranges::input_range Range>
requires(!detail::is_receiver<std::remove_cvref_t<Range>>) auto from(Range&& range) {
  using T = std::ranges::range_value_t<Range>;
  using R = std::remove_cvref_t<Range>;
  if constexpr (std::is_lvalue_reference_v<Range> || std::ranges::view<R>) {
    using view = std::views::all_t<Range>;
    return stream<T>(std::make_unique<detail::range_source<view>>(std::views::all(std::forward<Range>(range))));
  } else {
    return stream<T>(std::make_unique<detail::owned_range_source<R>>(std::move(range)));
  }
}

/// What is received, until the channel is closed and drained; a channel that is closed with an error fails the stream.
template<class T>
stream<T> from(receiver<T> values) {
  return stream<T>(std::make_unique<detail::receiver_source<T>>(std::move(values)));
}

/// What f gives, until it gives nothing: f returns std::optional<T>.
template<class F>
auto generate(F f) {
  using T = typename std::invoke_result_t<F&>::value_type;
  return stream<T>(std::make_unique<detail::ready_source<T, F>>(std::move(f)));
}

/// Throws std::system_error, naming the file, if it cannot be opened or read.
inline stream<std::string> lines(const std::string& path) {
  return generate(detail::line_reader(path));
}

}  // namespace braid
