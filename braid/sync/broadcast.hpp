// Broadcasts: every subscriber sees every value, in order. (On a channel receivers compete.)
//
//   auto [tx, rx] = braid::broadcast<event>(64);
//   group.spawn(log, rx);                // a copy of a subscriber is a new one, which sees the values sent from now on
//   group.spawn(store, std::move(rx));   // move the last one: if kept, it never receives and holds up the senders
//   group.spawn(watch, tx.subscribe());
//   if (const bool sent = co_await tx.send(e); !sent) ...   // closed, or no subscriber is left: the value is kept
//
// A broadcast holds `capacity` values for all subscribers together; a send waits for the slowest subscriber. For a
// subscriber that may miss values, add a channel that drops. A task receives here and sends on
// channel<event>(drop_oldest(n)), whose dropped() counts the missed values.
//
// T is copied for each subscriber but the last, by the receiver with no lock held. T must move without throwing.
//
// Cost: a send takes one lock and O(subscribers) time; a receive takes one lock, or two if it copies. Allocates per
// subscriber only.
#pragma once

#include "braid/sync/capacity.hpp"
#include "braid/sync/publisher.hpp"
#include "braid/sync/subscriber.hpp"

namespace braid {

/// A new broadcast: its publisher and its first subscriber, which are used from then on.
template<class T>
class broadcast {
 public:
  /// Holds up to `capacity` values. Throws std::invalid_argument unless `capacity` is from 1 to 16,777,216. 0 is
  /// refused, since the subscribers do not all receive at the same time. on_drop gets each value that was sent and that
  /// no subscriber received. It is called when the last subscriber that could have received the value is dropped, on
  /// the thread that drops it.
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
