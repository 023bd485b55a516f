// Holds the oldest `capacity` values: a further value is dropped itself, and no send waits.
#pragma once

#include "braid/sync/channel_buffer.hpp"
#include "braid/sync/ring.hpp"

namespace braid::detail {

template<class T>
class drop_newest_buffer final : public channel_buffer<T> {
 public:
  explicit drop_newest_buffer(std::size_t capacity) : ring_(capacity) {}

  std::size_t size() const noexcept override { return ring_.size(); }
  bool full() const noexcept override { return false; }
  bool take(sending<T>& from) override {
    T newest = std::move(*from.offered());
    if (!ring_.full()) {
      ring_.push(std::move(newest));
      from.taken();
    } else {
      from.taken_for(std::move(newest));
    }
    return true;
  }
  T pop() noexcept override { return ring_.pop(); }

 private:
  ring<T> ring_;
};

}  // namespace braid::detail
