// Where a channel keeps values that nobody has received yet. One file a flavour; the channel's algorithm is the same.
#pragma once

#include <cstddef>

namespace braid::detail {

/// All calls under the channel's lock.
template<class T>
class channel_buffer {
 public:
  virtual ~channel_buffer() = default;
  virtual std::size_t size() const noexcept = 0;
  /// True if push would have room. May throw std::bad_alloc where room has to be made; then nothing has changed.
  virtual bool make_room() = 0;
  /// Only after make_room() was true.
  virtual void push(T&& value) noexcept = 0;
  /// Moves the oldest value out, to take(T&&). Only if size() > 0.
  virtual T pop() noexcept = 0;
};

}  // namespace braid::detail
