// Circular storage of buffers with a fixed capacity, first in, first out.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace braid::detail {

/// Requires external locking.
template<class T>
class ring {
 public:
  /// Reserves the memory at once; it is touched as it is used.
  explicit ring(std::size_t capacity)
      : capacity_(capacity), slots_(capacity ? std::allocator<T>().allocate(capacity) : nullptr) {}
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;
  ~ring() {
    while (size_ > 0) static_cast<void>(pop());
    if (slots_) std::allocator<T>().deallocate(slots_, capacity_);
  }

  std::size_t size() const noexcept { return size_; }
  bool full() const noexcept { return size_ == capacity_; }
  /// Requires that the ring is not full.
  void push(T&& value) noexcept {
    std::size_t end = first_ + size_;
    if (end >= capacity_) end -= capacity_;
    std::construct_at(slots_ + end, std::move(value));
    ++size_;
  }
  /// Requires size() > 0.
  T pop() noexcept {
    T* const oldest = slots_ + first_;
    T value = std::move(*oldest);
    std::destroy_at(oldest);
    if (++first_ == capacity_) first_ = 0;
    --size_;
    return value;
  }

 private:
  const std::size_t capacity_;
  T* const slots_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace braid::detail
