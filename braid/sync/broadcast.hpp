// Broadcasts: every subscriber sees every value, in order. (On a channel receivers compete.)
//
//   auto [tx, rx] = braid::broadcast<event>(64);
//   group.spawn(log, rx);                // a copy of a subscriber is a new one, which sees the values sent from now on
//   group.spawn(store, std::move(rx));   // move the last one; a kept one that never receives holds up the senders
//   group.spawn(watch, tx.subscribe());
//   if (const bool sent = co_await tx.send(e); !sent) ...   // closed, or no subscriber is left: the value is kept
//
// It holds `capacity` values for all subscribers together; a send waits for the slowest one. One that may rather miss
// values is given a channel that drops: a task receives here and sends on channel<event>(drop_oldest(n)), and dropped()
// counts what was missed.
//
// T is copied for each subscriber but the last, by the receiver with no lock held, and moves without throwing.
//
// Cost: a send is one lock and O(subscribers); a receive is one lock, two where it copies. Allocates per subscriber
// only.
#pragma once

#include "braid/sync/capacity.hpp"
#include "braid/sync/publisher.hpp"
#include "braid/sync/subscriber.hpp"

namespace braid {

/// A broadcast at its birth: its publisher and its first subscriber, which take over from here.
template<class T>
class broadcast {
 public:
  /// Holds up to `capacity` values. Throws std::invalid_argument unless that is from 1, since subscribers are not there
  /// at the same time, to 16,777,216. on_drop gets a value that was sent and that no subscriber received,
  /// when the last subscriber that could have goes, on the thread that dropped it.
  explicit broadcast(std::size_t capacity, channel_options<T> options = {})
      : tx(make(capacity, std::move(options))), rx(tx.core()) {}

  publisher<T> tx;
  subscriber<T> rx;

 private:
  static detail::broadcast_core<T>* make(std::size_t capacity, channel_options<T> options) {
    return detail::make_storage<detail::broadcast_core<T>>("capacity of a broadcast", capacity, 1,
                                                           detail::most_initialised_capacity, std::move(options));
  }
};

}  // namespace braid
