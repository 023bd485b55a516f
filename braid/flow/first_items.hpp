// The first `most` items of a stream; no more are pulled.
#pragma once

#include <utility>

#include "braid/flow/serial_stage.hpp"

namespace braid::detail {

template<class T>
class first_items final : public serial_stage<T, T> {
 public:
  first_items(std::unique_ptr<pull_stage<T>> from, std::size_t most)
      : serial_stage<T, T>(std::move(from)), left_(most) {}
  pulled pull(std::optional<T>& into, waits& until) override {
    if (left_ == 0) return pulled::end;
    const pulled got = this->from_->pull(into, until);
    if (got == pulled::item) --left_;
    return got;
  }

 private:
  std::size_t left_;
};

}  // namespace braid::detail
