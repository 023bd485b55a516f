// Channels: values go from senders to receivers, first in first out; nothing is lost, nothing comes twice.
//
//   auto [tx, rx] = braid::channel<int>(8);                    // bounded; 0 is a rendezvous
//   auto [tx, rx] = braid::channel<int>(braid::unbounded);
//   auto [tx, rx] = braid::channel<job>(8, {.on_drop = give_back, .name = "jobs"});
//
//   if (!tx.send(1).get()) ...                                 // on a thread; false: closed, the value is kept
//   while (auto v = co_await rx.recv()) use(*v);               // in a coroutine; any mix of both on either end
//
// T moves without throwing. Its move constructor, and the destructor of what it moved from, run under the channel's
// lock and must not use braid.
//
// Cost: one lock a send or receive; a parked operation is completed slot to slot by its peer and allocates nothing.
#pragma once

#include "braid/sync/bounded_buffer.hpp"
#include "braid/sync/receiver.hpp"
#include "braid/sync/sender.hpp"
#include "braid/sync/unbounded_buffer.hpp"

namespace braid {

/// Asks for a channel without a bound: send never waits, and memory is the limit (std::bad_alloc; the value stays in
/// the operation).
struct unbounded_t {};
inline constexpr unbounded_t unbounded{};

/// A channel at its birth: its two ends, which take over from here.
template<class T>
class channel {
 public:
  /// Holds up to `capacity` values; with 0 a send waits until a receiver takes its value.
  explicit channel(std::size_t capacity, channel_options<T> options = {})
      : channel(std::make_unique<detail::bounded_buffer<T>>(capacity), std::move(options)) {}
  explicit channel(unbounded_t, channel_options<T> options = {})
      : channel(std::make_unique<detail::unbounded_buffer<T>>(), std::move(options)) {}

  sender<T> tx;
  receiver<T> rx;

 private:
  struct made {
    detail::channel_core<T>* core;
  };
  channel(std::unique_ptr<detail::channel_buffer<T>> buffer, channel_options<T> options)
      : channel(made{new detail::channel_core<T>(std::move(buffer), std::move(options))}) {}
  explicit channel(made m) noexcept : tx(m.core), rx(m.core) {}
};

}  // namespace braid
