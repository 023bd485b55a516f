// The storage of a channel for values that have not been received yet. Each flavour has its own file; the channel's
// algorithm is the same for all.
#pragma once

#include <cstddef>

#include "braid/sync/exchange.hpp"
#include "braid/sync/ring.hpp"

namespace braid::detail {

/// All functions are called under the channel's lock.
template<class T>
class channel_buffer {
 public:
  virtual ~channel_buffer() = default;
  /// Returns the ring if this buffer is nothing but a ring, so that the channel can use it without virtual calls; else
  /// null.
  ring<T>* plain_ring() const noexcept { return plain_ring_; }
  virtual std::size_t size() const noexcept = 0;
  /// Returns true if there is no room, so that a sender has to wait. Always false for a buffer that makes room by
  /// dropping or by growing.
  virtual bool full() const noexcept = 0;
  /// Takes the next value that `from` offers and reports that to `from`: by taken(), or by taken_for() if a value is
  /// dropped for it. Returns false if the buffer is full. May throw std::bad_alloc if room has to be made; then nothing
  /// has changed.
  virtual bool take(sending<T>& from) = 0;
  /// Moves out the value that is next to be received. Requires size() > 0.
  virtual T pop() noexcept = 0;

 protected:
  explicit channel_buffer(ring<T>* plain_ring = nullptr) noexcept : plain_ring_(plain_ring) {}

 private:
  ring<T>* const plain_ring_;
};

}  // namespace braid::detail
