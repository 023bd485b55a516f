// to(tx): every item is sent on a channel; gives one mark for each that was.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include "braid/flow/producer.hpp"
#include "braid/flow/takers.hpp"
#include "braid/sync/channel.hpp"

namespace braid::detail {

template<class T>
class send_stage final : public producer<std::monostate> {
 public:
  send_stage(std::unique_ptr<producer<T>> from, sender<T> to) : from_(std::move(from)), to_(std::move(to)) {}
  void start(const context& ctx) override { from_->start(ctx); }
  pulled pull(std::optional<std::monostate>& into, waits& until) override {
    if (!going_) {
      std::optional<T> item;
      const pulled got = from_->pull(item, until);
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
  void leave() noexcept override { from_->leave(); }
  task<> stop() override { return from_->stop(); }

 private:
  /// Made in its place: an operation does not move.
  struct send {
    send(const sender<T>& to, T&& item) : op(to.send(std::move(item))) {}
    send_wait<T> op;
  };
  const std::unique_ptr<producer<T>> from_;
  const sender<T> to_;
  std::optional<send> going_;
};

template<class T>
struct send_each {
  sender<T> to;
  std::unique_ptr<producer<std::monostate>> over(std::unique_ptr<producer<T>> from) && {
    return std::make_unique<send_stage<T>>(std::move(from), std::move(to));
  }
};

}  // namespace braid::detail
