// chunk: items in batches.
//
//   s | braid::chunk(100)             // vectors of 100 items; the last may be shorter, none is empty
//   s | braid::chunk(100, 50ms)       // also shorter ones, once their first item has waited for 50 ms
//
// The time is that of the context's clock. A batch that is due comes out as soon as the stage is asked for it, whatever
// a plain function before the stage does. With a time, such an input is pulled on a thread of its own (apart.hpp).
//
// A failure of the input comes out after the items before it (law F2). The stage holds less than one batch.
#pragma once

#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "braid/base/argument.hpp"
#include "braid/flow/apart.hpp"
#include "braid/flow/serial_stage.hpp"
#include "braid/sync/ticker.hpp"

namespace braid {
namespace detail {

template<class T>
class chunk_stage final : public serial_stage<T, std::vector<T>> {
 public:
  chunk_stage(std::unique_ptr<pull_stage<T>> from, std::size_t most, std::optional<duration> longest)
      : serial_stage<T, std::vector<T>>(std::move(from)), most_(most), longest_(longest) {}

  ~chunk_stage() override { take_back(std::move(items_)); }

  bool take_back(std::vector<T>&& items) noexcept override {
    bool all = true;
    for (T& each : items) all = this->from_->take_back(std::move(each)) && all;
    return all;
  }
  void start(const context& ctx) override {
    if (longest_) clock_ = &ctx.env().clock_or_default();
    this->from_->start(ctx);
  }
  void leave() noexcept override {
    if (std::exchange(input_waits_, false)) this->from_->leave();
  }
  pulled pull(std::optional<std::vector<T>>& into, waits& until) override {
    while (!ended_ && items_.size() < most_ && !is_late()) {
      std::optional<T> item;
      if (pull_one(item, until) == pulled::wait) return wait_for_more(until);
      if (item) add(std::move(*item));
    }
    leave();
    if (items_.empty() && error_) std::rethrow_exception(std::exchange(error_, nullptr));
    if (items_.empty()) return pulled::end;
    into.emplace(std::exchange(items_, {}));
    return pulled::item;
  }

 private:
  /// Keeps a failure until the items before it have come out.
  pulled pull_one(std::optional<T>& item, waits& until) {
    input_waits_ = false;
    try {
      const pulled got = this->from_->pull(item, until);
      ended_ = got == pulled::end;
      return got;
    } catch (...) {
      error_ = std::current_exception();
      ended_ = true;
      return pulled::end;
    }
  }
  void add(T&& item) noexcept {
    try {
      if (clock_ && items_.empty()) {
        due_ = due_after(clock_->now(), *longest_);
        timer_.emplace(*clock_, due_);
      }
      items_.push_back(std::move(item));
    } catch (...) {
      error_ = std::current_exception();
      ended_ = true;
      this->from_->take_back(std::move(item));
    }
  }
  bool is_late() const noexcept { return clock_ && !items_.empty() && clock_->now() >= due_; }
  pulled wait_for_more(waits& until) {
    input_waits_ = true;
    if (clock_ && !items_.empty()) until.push_back(&*timer_);
    return pulled::wait;
  }

  const std::size_t most_;
  const std::optional<duration> longest_;
  clock* clock_ = nullptr;  ///< Null if a batch waits until it is full.
  std::vector<T> items_;
  time_point due_{};            ///< When the batch that has begun is due.
  std::optional<after> timer_;  ///< Ends when the batch is due.
  std::exception_ptr error_;
  bool ended_ = false;
  bool input_waits_ = false;
};

inline auto chunk_within(int most, std::optional<duration> longest) {
  checked_argument("items of a chunk", most, 1);
  if (longest) checked_period("time of a chunk", *longest);
  return stage{[most, longest]<class T>(std::unique_ptr<pull_stage<T>> from) {
    if (longest) from = apart(std::move(from));
    return make_stage<chunk_stage<T>>(std::move(from), static_cast<std::size_t>(most), longest);
  }};
}

}  // namespace detail

/// Throws std::invalid_argument unless `most` is at least 1 and `longest` above zero.
inline auto chunk(int most) {
  return detail::chunk_within(most, std::nullopt);
}
inline auto chunk(int most, duration longest) {
  return detail::chunk_within(most, longest);
}

}  // namespace braid
