// to(tx): every item is sent on a channel; gives one mark for each that was.
#pragma once

#include <utility>
#include <variant>

#include "braid/flow/serial_stage.hpp"
#include "braid/sync/channel.hpp"

namespace braid::detail {

template<class T>
class send_stage final : public serial_stage<T, std::monostate> {
 public:
  send_stage(std::unique_ptr<producer<T>> from, sender<T> to)
      : serial_stage<T, std::monostate>(std::move(from)), to_(std::move(to)) {}
  pulled pull(std::optional<std::monostate>& into, waits& until) override {
    if (!going_) {
      std::optional<T> item;
      const pulled got = this->from_->pull(item, until);
      if (got != pulled::item) return got;
      going_.emplace(to_, std::move(*item));
    }
    if (!going_->op.has_result() && !poll_once(going_->op)) return until.push_back(&going_->op), pulled::wait;
    const bool sent = going_->op.result();
    going_.reset();
    if (!sent) return pulled::end;
    into.emplace();
    return pulled::item;
  }

 private:
  /// Made in its place: an operation does not move.
  struct send {
    send(const sender<T>& to, T&& item) : op(to.send(std::move(item))) {}
    send_wait<T> op;
  };
  const sender<T> to_;
  std::optional<send> going_;
};

}  // namespace braid::detail
