// Stages that do their part where the stream is driven, one item after the other.
//
//   s | braid::filter(is_due)             // the items for which f returns true
//   s | braid::inspect(log)               // f sees each item, which passes unchanged
//   s | braid::flat_map(words_of)         // the items of the range that f makes of each item
//   s | braid::chunk(100)                 // vectors of up to 100 items (chunk.hpp)
//   s | braid::throttle(limit)            // no faster than a rate (throttle.hpp)
#pragma once

#include <exception>
#include <functional>
#include <ranges>
#include <utility>

#include "braid/flow/chunk.hpp"
#include "braid/flow/serial_stage.hpp"
#include "braid/flow/throttle.hpp"

namespace braid {
namespace detail {

template<class T, class F>
concept filtered_by = std::predicate<F&, const T&>;
template<class T, class F>
concept shown_to = std::invocable<F&, const T&>;
template<class T, class F>
concept expanded_by = std::ranges::input_range<std::invoke_result_t<F&, T&>>;

template<class T, class F>
class filter_stage final : public serial_stage<T, T> {
 public:
  filter_stage(std::unique_ptr<pull_stage<T>> from, F f) : serial_stage<T, T>(std::move(from)), f_(std::move(f)) {}
  bool runs_user_code() const noexcept override { return true; }
  pulled pull(std::optional<T>& into, waits& until) override {
    for (;; into.reset()) {
      const pulled got = this->from_->pull(into, until);
      if (got != pulled::item) return got;
      if (passes(into)) return got;
    }
  }

 private:
  bool passes(std::optional<T>& item) {
    try {
      return static_cast<bool>(std::invoke(f_, std::as_const(*item)));
    } catch (...) {
      item.reset();
      this->from_->lost(1);
      throw;
    }
  }

  F f_;
};

/// Copies the parts that a view only shows; moves the others out.
template<class T, class F>
class flat_map_stage final : public serial_stage<T, std::ranges::range_value_t<std::invoke_result_t<F&, T&>>> {
  using range = std::remove_cvref_t<std::invoke_result_t<F&, T&>>;
  using U = std::ranges::range_value_t<range>;

 public:
  flat_map_stage(std::unique_ptr<pull_stage<T>> from, F f) : serial_stage<T, U>(std::move(from)), f_(std::move(f)) {}
  ~flat_map_stage() override {
    if (at_ && *at_ != std::ranges::end(*parts_)) this->from_->lost(1);
  }
  bool take_back(U&&) noexcept override { return this->from_->lost(1); }
  bool runs_user_code() const noexcept override { return true; }
  pulled pull(std::optional<U>& into, waits& until) override {
    if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
    while (!at_ || *at_ == std::ranges::end(*parts_)) {
      at_.reset();
      parts_.reset();
      item_.reset();
      const pulled got = this->from_->pull(item_, until);
      if (got != pulled::item) return got;
      this->or_lost([&] {
        parts_.emplace(std::invoke(f_, *item_));
        at_.emplace(std::ranges::begin(*parts_));
      });
    }
    give_part(into);
    go_on();
    return pulled::item;
  }

 private:
  void give_part(std::optional<U>& into) {
    if constexpr (std::ranges::view<range>) {
      into.emplace(**at_);
    } else {
      into.emplace(std::ranges::iter_move(*at_));
    }
  }
  /// Keeps a failure until the part before it has come out.
  void go_on() noexcept {
    try {
      ++*at_;
    } catch (...) {
      failed_ = std::current_exception();
      at_.reset();
      this->from_->lost(1);
    }
  }

  F f_;
  std::optional<T> item_;  ///< f may have returned a view of it.
  std::optional<range> parts_;
  std::optional<std::ranges::iterator_t<range>> at_;  ///< Empty if no part is to come before the next item.
  std::exception_ptr failed_;
};

}  // namespace detail

template<class F>
auto filter(F f) {
  return detail::stage{
      [f = std::move(f)]<detail::filtered_by<F> T>(std::unique_ptr<detail::pull_stage<T>> from) mutable {
        return detail::make_stage<detail::filter_stage<T, F>>(std::move(from), std::move(f));
      }};
}
template<class F>
auto inspect(F f) {
  return filter(
      [f = std::move(f)]<detail::shown_to<F> T>(const T& item) mutable { return std::invoke(f, item), true; });
}
template<class F>
auto flat_map(F f) {
  return detail::stage{
      [f = std::move(f)]<detail::expanded_by<F> T>(std::unique_ptr<detail::pull_stage<T>> from) mutable {
        return detail::make_stage<detail::flat_map_stage<T, F>>(std::move(from), std::move(f));
      }};
}

}  // namespace braid
