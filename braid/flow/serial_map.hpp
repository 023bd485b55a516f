// map() with one worker: f runs where the stream is driven.
#pragma once

#include <memory>
#include <utility>

#include "braid/flow/map_call.hpp"
#include "braid/flow/producer.hpp"

namespace braid::detail {

template<class T, class F>
class serial_map final : public producer<mapped<F, T>> {
 public:
  serial_map(std::unique_ptr<producer<T>> from, F f) : from_(std::move(from)), f_(std::move(f)) {}

  void start(const context& ctx) override {
    ctx_.emplace(ctx);
    from_->start(ctx);
  }
  pulled pull(std::optional<mapped<F, T>>& into, waits& until) override {
    std::optional<T> item;
    const pulled got = from_->pull(item, until);
    if (got == pulled::item) call_into(into, f_, *ctx_, std::move(*item));
    return got;
  }
  void leave() noexcept override { from_->leave(); }
  task<> stop() override { return from_->stop(); }

 private:
  const std::unique_ptr<producer<T>> from_;
  F f_;
  std::optional<context> ctx_;
};

}  // namespace braid::detail
