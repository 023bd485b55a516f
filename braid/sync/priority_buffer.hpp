// Holds up to `capacity` values, the greatest rank first (aging_queue.hpp); a further send waits. Capacity 0 is a
// rendezvous in which receivers take from the waiting senders by rank.
#pragma once

#include <memory>

#include "braid/sync/aging_queue.hpp"
#include "braid/sync/channel_buffer.hpp"

namespace braid::detail {

template<class T>
class priority_buffer final : public channel_buffer<T> {
 public:
  priority_buffer(std::size_t capacity, std::uint32_t most_passes)
      : seats_(std::make_unique<seat[]>(capacity)), line_(most_passes) {
    for (std::size_t i = 0; i < capacity; ++i) free_.push_back(seats_[i]);
  }
  ~priority_buffer() override {
    while (size_ > 0) static_cast<void>(pop());
  }

  std::size_t size() const noexcept override { return size_; }
  bool full() const noexcept override { return free_.empty(); }
  bool take(sending<T>& from) override {
    seat* const taken = free_.pop_front();
    if (!taken) return false;
    std::construct_at(&taken->value, std::move(*from.offered()));
    taken->set_rank(from.rank());
    line_.push(*taken);
    ++size_;
    from.taken();
    return true;
  }
  T pop() noexcept override {
    seat* const left = line_.pop();
    T value = std::move(left->value);
    std::destroy_at(&left->value);
    free_.push_back(*left);
    --size_;
    return value;
  }

 private:
  struct in_buffer;
  /// In one of two lists: free_, or line_ with a value.
  struct seat : list_hook<in_buffer>, ranked<seat> {
    seat() noexcept {}
    ~seat() {}
    union {
      T value;
    };
  };

  const std::unique_ptr<seat[]> seats_;
  intrusive_list<seat, in_buffer> free_;
  aging_queue<seat, in_buffer> line_;
  std::size_t size_ = 0;
};

}  // namespace braid::detail
