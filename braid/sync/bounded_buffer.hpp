// Holds up to `capacity` values; a further send waits. Capacity 0 is a rendezvous: always full and always empty.
#pragma once

#include "braid/sync/channel_buffer.hpp"

namespace braid::detail {

template<class T>
class bounded_buffer final : public channel_buffer<T> {
 public:
  explicit bounded_buffer(std::size_t capacity) : channel_buffer<T>(&ring_), ring_(capacity) {}

  std::size_t size() const noexcept override { return ring_.size(); }
  bool full() const noexcept override { return ring_.full(); }
  bool take(sending<T>& from) override {
    if (ring_.full()) return false;
    ring_.push(std::move(*from.offered()));
    from.taken();
    return true;
  }
  T pop() noexcept override { return ring_.pop(); }

 private:
  ring<T> ring_;
};

}  // namespace braid::detail
