// map() with one worker: f runs where the stream is driven.
#pragma once

#include <utility>

#include "braid/flow/serial_stage.hpp"
#include "braid/sync/map_call.hpp"

namespace braid::detail {

template<class T, class F>
class serial_map final : public serial_stage<T, mapped<F, T>> {
 public:
  serial_map(std::unique_ptr<pull_stage<T>> from, F f)
      : serial_stage<T, mapped<F, T>>(std::move(from)), f_(std::move(f)) {}

  void start(const context& ctx) override {
    ctx_.emplace(ctx);
    this->from_->start(ctx);
  }
  bool runs_user_code() const noexcept override { return true; }
  bool take_back(mapped<F, T>&&) noexcept override { return this->from_->lost(1); }
  pulled pull(std::optional<mapped<F, T>>& into, waits& until) override {
    std::optional<T> item;
    const pulled got = this->from_->pull(item, until);
    if (got == pulled::item) this->or_lost([&] { call_into(into, f_, *ctx_, std::move(*item)); });
    return got;
  }

 private:
  F f_;
  std::optional<context> ctx_;
};

}  // namespace braid::detail
