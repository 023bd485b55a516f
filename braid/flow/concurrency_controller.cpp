#include "braid/flow/concurrency_controller.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace braid::detail {
namespace {

constexpr std::size_t least_items = 16, least_rounds = 4;
constexpr std::chrono::milliseconds least_window{40}, long_window{100};
/// In a window of short items, the time is read after `most_between_looks` items, or after those done in about
/// `between_looks` if that is fewer.
constexpr std::size_t most_between_looks = 64;
constexpr std::chrono::microseconds between_looks{500};
/// A rate that differs by more than this factor belongs to different work.
constexpr double much = 1.25;

std::size_t whole_rounds(std::size_t items, std::size_t width) {
  return (items + width - 1) / width * width;
}

}  // namespace

concurrency_controller::concurrency_controller(std::size_t start) noexcept
    : width_(std::clamp<std::size_t>(start, 1, most)), base_(width_) {
  let_items_go_by(width_);
}

// --- windows ---

void concurrency_controller::let_items_go_by(std::size_t items) noexcept {
  lets_go_by_ = true;
  due_ = items;
}

void concurrency_controller::open_window(nanoseconds now, nanoseconds starved) noexcept {
  lets_go_by_ = looks_twice_ = false;
  in_window_ = 0;
  began_ = now;
  starved_before_ = starved;
  window_ = least_window;
  due_ = whole_rounds(least_items, width_);
}

bool concurrency_controller::window_is_full(nanoseconds elapsed) const noexcept {
  return elapsed >= window_ && (in_window_ >= least_rounds * width_ || elapsed >= long_window);
}

void concurrency_controller::measure_on(nanoseconds elapsed) noexcept {
  const auto soon = static_cast<std::size_t>(in_window_ * between_looks / std::max(elapsed, nanoseconds(1)));
  due_ = whole_rounds(std::clamp<std::size_t>(soon, 1, most_between_looks), width_);
}

void concurrency_controller::observe(nanoseconds now, nanoseconds starved) noexcept {
  if (lets_go_by_) return open_window(now, starved);
  in_window_ += due_;
  const nanoseconds elapsed = now - began_;
  if (!window_is_full(elapsed)) return measure_on(elapsed);
  if (4 * (starved - starved_before_) > elapsed) return open_window(now, starved);
  const double rate = static_cast<double>(in_window_) / static_cast<double>(elapsed.count());
  if (move_ != none && !is_clear(rate) && !std::exchange(looks_twice_, true)) {
    window_ = 2 * elapsed;
    return measure_on(elapsed);
  }
  const std::size_t before = width_;
  measured(rate);
  if (width_ == before) return open_window(now, starved);
  let_items_go_by((move_ == none ? 2 : 1) * std::max(before, width_));
}

// --- the climb ---

std::size_t concurrency_controller::target(move m) const noexcept {
  switch (m) {
    case twice:
      return std::min(most, 2 * base_);
    case half_more:
      return std::min(most, base_ + std::max<std::size_t>(1, base_ / 2));
    case a_quarter:
      return std::max<std::size_t>(1, base_ / 4);
    case a_third_less:
      return base_ - std::min(base_ - 1, std::max<std::size_t>(1, base_ / 3));
    case none:
      break;
  }
  return base_;
}

double concurrency_controller::rate_that_pays() const noexcept {
  const double ratio = static_cast<double>(width_) / static_cast<double>(base_);
  return base_rate_ * std::pow(ratio, ratio > 1 ? 0.2 : 0.05);
}

/// Returns true if the added workers cannot have given the rate, even if each were worth as much as those before.
bool concurrency_controller::is_more_than_workers_give(double rate) const noexcept {
  return width_ > base_ && rate * static_cast<double>(base_) > much * base_rate_ * static_cast<double>(width_);
}

bool concurrency_controller::is_clear(double rate) const noexcept {
  const double r = rate / rate_that_pays();
  return r > 1.1 || r * 1.1 < 1;
}

void concurrency_controller::rest() noexcept {
  move_ = none;
  width_ = base_;
  rest_left_ = rests_for_;
}

/// Begins the first trial from `m` on, in order, whose width is not the base. Rests if there is none.
void concurrency_controller::try_from(move m) noexcept {
  for (; moves_left_ > 0; --moves_left_, m = after(m)) {
    if ((m == twice && has_shrunk_) || target(m) == base_) continue;
    move_ = m;
    width_ = target(m);
    return;
  }
  rest();
}

void concurrency_controller::search() noexcept {
  moves_left_ = 4;
  has_shrunk_ = false;
  looks_up_ = true;
  rests_for_ = least_rest;
  try_from(base_ > middle ? a_quarter : twice);
}

void concurrency_controller::measured(double rate) noexcept {
  if (move_ == none) return measured_base(rate);
  measured_trial(rate);
}

void concurrency_controller::measured_trial(double rate) noexcept {
  const move tried = move_;
  if (is_more_than_workers_give(rate)) {
    base_ = width_;
    base_rate_ = 0;
    return rest();
  }
  if (rate >= rate_that_pays()) {
    has_shrunk_ = width_ < base_;
    base_rate_ = has_shrunk_ ? std::max(rate, base_rate_) : rate;
    base_ = width_;
    rests_for_ = least_rest;
    const bool great_step = tried == twice || tried == a_quarter;
    moves_left_ = !great_step ? 1 : has_shrunk_ ? 4 : 2;
    return try_from(tried);
  }
  if (moves_left_ == 1) rests_for_ = std::min(2 * rests_for_, longest_rest);
  --moves_left_;
  try_from(after(tried));
}

void concurrency_controller::measured_base(double rate) noexcept {
  const bool has_changed = base_rate_ > 0 && (rate > much * base_rate_ || much * rate < base_rate_);
  if (has_changed) {
    base_rate_ = 0;
    return;
  }
  if (base_rate_ == 0) {
    base_rate_ = rate;
    return search();
  }
  base_rate_ += (rate - base_rate_) / 4;
  if (--rest_left_ > 0) return;
  const bool up = std::exchange(looks_up_, !looks_up_) ? base_ < most : base_ == 1;
  moves_left_ = 1;
  try_from(up ? half_more : a_third_less);
}

}  // namespace braid::detail
