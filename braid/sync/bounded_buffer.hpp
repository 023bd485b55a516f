// A ring of fixed capacity. Capacity 0 is a rendezvous: it is always full and always empty.
#pragma once

#include <memory>
#include <utility>

#include "braid/sync/channel_buffer.hpp"

namespace braid::detail {

template<class T>
class bounded_buffer final : public channel_buffer<T> {
 public:
  /// Reserves the memory at once; it is touched as it is used.
  explicit bounded_buffer(std::size_t capacity)
      : capacity_(capacity), ring_(capacity ? std::allocator<T>().allocate(capacity) : nullptr) {}
  bounded_buffer(const bounded_buffer&) = delete;
  bounded_buffer& operator=(const bounded_buffer&) = delete;
  ~bounded_buffer() override {
    while (size_ > 0) static_cast<void>(pop());
    if (ring_) std::allocator<T>().deallocate(ring_, capacity_);
  }

  std::size_t size() const noexcept override { return size_; }
  bool make_room() noexcept override { return size_ < capacity_; }
  void push(T&& value) noexcept override {
    std::size_t end = first_ + size_;
    if (end >= capacity_) end -= capacity_;
    std::construct_at(ring_ + end, std::move(value));
    ++size_;
  }
  T pop() noexcept override {
    T* const oldest = ring_ + first_;
    T value = std::move(*oldest);
    std::destroy_at(oldest);
    if (++first_ == capacity_) first_ = 0;
    --size_;
    return value;
  }

 private:
  const std::size_t capacity_;
  T* const ring_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace braid::detail
