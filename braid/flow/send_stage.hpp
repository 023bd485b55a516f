// to(tx): sends every item on a channel, or a broadcast, or one of several channels, and gives one mark for each item
// sent. The item whose send is refused for good, since it can no longer be received, is the last that is pulled.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "braid/flow/lanes.hpp"
#include "braid/flow/serial_stage.hpp"
#include "braid/sync/broadcast.hpp"
#include "braid/sync/channel.hpp"

namespace braid::detail {

/// End is a sender<T> or a publisher<T>.
template<class T, class End, class Policy>
class send_stage final : public serial_stage<T, std::monostate> {
 public:
  send_stage(std::unique_ptr<pull_stage<T>> from, std::vector<End> to, Policy policy)
      : serial_stage<T, std::monostate>(std::move(from)), to_(std::move(to)), policy_(std::move(policy)) {}
  ~send_stage() override {
    if (!going_) return;
    if (!going_->op.has_result() || !going_->op.result()) this->from_->take_back(std::move(going_->op.value()));
  }
  /// Takes back a mark of an item that was sent: nothing is left to do.
  bool take_back(std::monostate&&) noexcept override { return true; }
  pulled pull(std::optional<std::monostate>& into, waits& until) override {
    if (!going_) {
      std::optional<T> item;
      const pulled got = this->from_->pull(item, until);
      if (got != pulled::item) return got;
      this->or_lost([&] { begin(std::move(*item)); });
    }
    do {
      if (!going_->op.has_result() && !poll_once(going_->op)) return until.push_back(&going_->op), pulled::wait;
      if (going_->op.result()) {
        going_.reset();
        into.emplace();
        return pulled::item;
      }
    } while (pass_on());
    return pulled::end;
  }

 private:
  /// Constructed in place: an operation does not move.
  struct send {
    send(const End& to, T&& item) : op(to.send(std::move(item))) {}
    decltype(std::declval<const End&>().send(std::declval<T>())) op;
  };

  void begin(T&& item) {
    place_ = policy_.place(std::as_const(item), to_.size());
    going_.emplace(to_[place_], std::move(item));
  }
  /// Call when the lane of the item is closed. Returns true if another lane will do, and has the item.
  bool pass_on() {
    if constexpr (Policy::may_pass) {
      if (to_.size() == 1) return false;
      T item = std::move(going_->op.value());
      going_.reset();
      to_.erase(to_.begin() + static_cast<std::ptrdiff_t>(place_));
      policy_.closed(place_);
      begin(std::move(item));
      return true;
    } else {
      return false;
    }
  }

  std::vector<End> to_;
  Policy policy_;
  std::size_t place_ = 0;  ///< The index of the lane of going_.
  std::optional<send> going_;
};

}  // namespace braid::detail
