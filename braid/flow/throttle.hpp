// throttle: items pass no faster than a rate.
//
//   s | braid::throttle({.tokens = 100, .per = 1s, .burst = 10})
//   s | braid::throttle(limit)    // a braid::rate_limiter, which others may also use; it must outlive the stream
//
// Items are taken one at a time: each is pulled first, then waits for its token. So no token is taken for an item that
// does not come, and in any interval at most as many items pass as the limiter allows in it. Nothing is dropped; faster
// items wait in the stages before. A rate by itself is on the context's clock; the rate of a limiter can be changed
// while the stream runs.
#pragma once

#include <optional>
#include <utility>

#include "braid/flow/serial_stage.hpp"
#include "braid/sync/rate_limiter.hpp"

namespace braid {
namespace detail {

template<class T>
class throttle_stage final : public serial_stage<T, T> {
 public:
  throttle_stage(std::unique_ptr<pull_stage<T>> from, rate_limiter* limit, const rate& own_rate)
      : serial_stage<T, T>(std::move(from)), rate_(own_rate), limit_(limit) {}

  ~throttle_stage() override {
    if (item_) this->from_->take_back(std::move(*item_));
  }

  void start(const context& ctx) override {
    if (!limit_) limit_ = &own_.emplace(ctx.env().clock_or_default(), rate_, "throttle");
    this->from_->start(ctx);
  }
  pulled pull(std::optional<T>& into, waits& until) override {
    if (!item_) {
      const pulled got = this->from_->pull(item_, until);
      if (got != pulled::item) return got;
      turn_.emplace(*limit_);
    }
    if (!turn_->op.has_result() && !poll_once(turn_->op)) return until.push_back(&turn_->op), pulled::wait;
    static_cast<void>(turn_->op.result());
    turn_.reset();
    into.emplace(std::move(*item_));
    item_.reset();
    return pulled::item;
  }

 private:
  /// Constructed in place: an operation does not move.
  struct turn {
    explicit turn(rate_limiter& of) : op(of.acquire()) {}
    tokens_wait op;
  };

  const rate rate_;
  std::optional<rate_limiter> own_;
  rate_limiter* limit_;
  std::optional<T> item_;  ///< The item that waits for its turn.
  std::optional<turn> turn_;
};

inline auto throttle_by(rate_limiter* limit, const rate& own_rate) {
  return stage{[limit, own_rate]<class T>(std::unique_ptr<pull_stage<T>> from) {
    return make_stage<throttle_stage<T>>(std::move(from), limit, own_rate);
  }};
}

}  // namespace detail

inline auto throttle(rate_limiter& limit BRAID_LIFETIMEBOUND) {
  return detail::throttle_by(&limit, {});
}
/// Throws std::invalid_argument as rate_limiter does.
inline auto throttle(const rate& limit) {
  detail::checked(limit);
  return detail::throttle_by(nullptr, limit);
}

}  // namespace braid
