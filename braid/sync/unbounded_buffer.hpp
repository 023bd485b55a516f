// A chain of blocks that grows and shrinks with its content. The memory of a burst is given back as it drains. One
// spare block is kept, so that a steady state allocates nothing (law C7).
#pragma once

#include <memory>
#include <utility>

#include "braid/sync/channel_buffer.hpp"

namespace braid::detail {

template<class T>
class unbounded_buffer final : public channel_buffer<T> {
 public:
  unbounded_buffer() = default;
  unbounded_buffer(const unbounded_buffer&) = delete;
  unbounded_buffer& operator=(const unbounded_buffer&) = delete;
  ~unbounded_buffer() override {
    while (size_ > 0) static_cast<void>(pop());
    delete first_;
    delete spare_;
  }

  std::size_t size() const noexcept override { return size_; }
  bool full() const noexcept override { return false; }
  bool take(sending<T>& from) override {
    if (!last_ || end_ == block_size) append();
    std::construct_at(last_->slot(end_++), std::move(*from.offered()));
    ++size_;
    from.taken();
    return true;
  }
  T pop() noexcept override {
    T* const oldest = first_->slot(begin_++);
    T value = std::move(*oldest);
    std::destroy_at(oldest);
    if (--size_ == 0) {
      begin_ = end_ = 0;  // the one block left is used again from its start
    } else if (begin_ == block_size) {
      drop_first();
    }
    return value;
  }

 private:
  static constexpr std::size_t block_size = 32;
  struct block {
    block* next = nullptr;
    alignas(T) std::byte bytes[block_size * sizeof(T)];
    T* slot(std::size_t i) noexcept { return reinterpret_cast<T*>(bytes) + i; }
  };

  void append() {
    block* const fresh = spare_ ? std::exchange(spare_, nullptr) : new block;
    fresh->next = nullptr;
    (last_ ? last_->next : first_) = fresh;
    last_ = fresh;
    end_ = 0;
  }
  void drop_first() noexcept {
    block* const empty = std::exchange(first_, first_->next);
    begin_ = 0;
    if (spare_) {
      delete empty;
    } else {
      spare_ = empty;
    }
  }

  block* first_ = nullptr;
  block* last_ = nullptr;
  block* spare_ = nullptr;
  std::size_t begin_ = 0;  ///< Index of the oldest value in the first block.
  std::size_t end_ = 0;    ///< Index behind the newest value in the last block.
  std::size_t size_ = 0;
};

}  // namespace braid::detail
