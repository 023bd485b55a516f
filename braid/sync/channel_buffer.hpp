// Where a channel keeps values that nobody has received yet. One file a flavour; the channel's algorithm is the same.
#pragma once

#include <cstddef>

#include "braid/sync/exchange.hpp"
#include "braid/sync/ring.hpp"

namespace braid::detail {

/// All calls under the channel's lock.
template<class T>
class channel_buffer {
 public:
  virtual ~channel_buffer() = default;
  /// The ring that this buffer is and nothing else, so that the channel can work on it without virtual calls; or null.
  ring<T>* plain_ring() const noexcept { return plain_ring_; }
  virtual std::size_t size() const noexcept = 0;
  /// No room: a sender would have to wait. Never true of a buffer that makes room by dropping, or by growing.
  virtual bool full() const noexcept = 0;
  /// Takes the next value that `from` offers and tells it so (taken, or taken_for another one that has to go); false:
  /// it is full. May throw std::bad_alloc where room has to be made; then nothing has changed.
  virtual bool take(sending<T>& from) = 0;
  /// Moves out the value that is next to be received. Only if size() > 0.
  virtual T pop() noexcept = 0;

 protected:
  explicit channel_buffer(ring<T>* plain_ring = nullptr) noexcept : plain_ring_(plain_ring) {}

 private:
  ring<T>* const plain_ring_;
};

}  // namespace braid::detail
