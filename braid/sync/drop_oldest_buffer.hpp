// Holds the newest `capacity` values: a further value replaces the oldest, and no send waits.
#pragma once

#include "braid/sync/channel_buffer.hpp"
#include "braid/sync/ring.hpp"

namespace braid::detail {

template<class T>
class drop_oldest_buffer final : public channel_buffer<T> {
 public:
  explicit drop_oldest_buffer(std::size_t capacity) : ring_(capacity) {}

  std::size_t size() const noexcept override { return ring_.size(); }
  bool full() const noexcept override { return false; }
  bool take(sending<T>& from) override {
    if (!ring_.full()) {
      ring_.push(std::move(*from.offered()));
      from.taken();
    } else {
      T oldest = ring_.pop();
      ring_.push(std::move(*from.offered()));
      from.taken_for(std::move(oldest));
    }
    return true;
  }
  T pop() noexcept override { return ring_.pop(); }

 private:
  ring<T> ring_;
};

}  // namespace braid::detail
