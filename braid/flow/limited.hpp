// The first so many items of a stream; no more is pulled.
#pragma once

#include <memory>
#include <utility>

#include "braid/flow/producer.hpp"

namespace braid::detail {

template<class T>
class limited_to final : public producer<T> {
 public:
  limited_to(std::unique_ptr<producer<T>> from, std::size_t most) : from_(std::move(from)), left_(most) {}
  void start(const context& ctx) override { from_->start(ctx); }
  pulled pull(std::optional<T>& into, waits& until) override {
    if (left_ == 0) return pulled::end;
    const pulled got = from_->pull(into, until);
    if (got == pulled::item) --left_;
    return got;
  }
  void leave() noexcept override { from_->leave(); }
  task<> stop() override { return from_->stop(); }

 private:
  const std::unique_ptr<producer<T>> from_;
  std::size_t left_;
};

}  // namespace braid::detail
