// Channels: values go from senders to receivers, first in first out; nothing is lost, nothing comes twice.
//
//   auto [tx, rx] = braid::channel<int>(8);                    // bounded; 0 is a rendezvous
//   auto [tx, rx] = braid::channel<int>(braid::unbounded);
//   auto [tx, rx] = braid::channel<int>(braid::conflated);     // the newest value; send never waits
//   auto [tx, rx] = braid::channel<job>(braid::priority(8, &job::urgency));
//   auto [tx, rx] = braid::channel<job>(braid::drop_oldest(8), {.on_drop = give_back, .name = "jobs"});
//
//   if (!tx.send(1).get()) ...                                 // on a thread; false: closed, the value is kept
//   while (auto v = co_await rx.recv()) use(*v);               // in a coroutine; any mix of both on either end
//
// T moves without throwing. Its move constructor, and the destructor of what it moved from, run under the channel's
// lock and must not use braid.
//
// Cost: one lock a send or receive; a parked operation is completed slot to slot by its peer and allocates nothing.
#pragma once

#include "braid/base/refused.hpp"
#include "braid/sync/bounded_buffer.hpp"
#include "braid/sync/capacity.hpp"
#include "braid/sync/drop_newest_buffer.hpp"
#include "braid/sync/drop_oldest_buffer.hpp"
#include "braid/sync/priority_buffer.hpp"
#include "braid/sync/receiver.hpp"
#include "braid/sync/sender.hpp"
#include "braid/sync/unbounded_buffer.hpp"

namespace braid {

/// Asks for a channel without a bound: send never waits, and memory is the limit (std::bad_alloc; the value stays in
/// the operation).
struct unbounded_t {};
inline constexpr unbounded_t unbounded{};

/// Asks for a channel that holds the newest `capacity` values, at least 1: a send never waits, and of a full channel
/// the oldest value is dropped for it.
struct drop_oldest {
  explicit drop_oldest(std::size_t holds)
      : capacity(detail::checked_argument("capacity of a channel that drops", holds, 1, detail::most_capacity)) {}
  std::size_t capacity;
};
/// The same, but it holds the oldest: a value that is sent on a full channel is dropped itself. The send gives true,
/// since it has gone where the channel was told to let it go; who wants to keep it sends with try_send on a bounded
/// channel.
struct drop_newest {
  explicit drop_newest(std::size_t holds) : capacity(drop_oldest(holds).capacity) {}
  std::size_t capacity;
};

/// Asks for a channel that holds the newest value only: drop_oldest(1).
struct conflated_t {};
inline constexpr conflated_t conflated{};

/// Asks for a channel that holds up to `capacity` values and gives the one with the greatest rank first, the first that
/// came among equals; room goes to the waiting send with the greatest rank in the same way. But of the values that it
/// holds, the one that came first is passed over at most `most_passes` times in a row, and so is, of the sends that
/// wait, the one that has waited longest: a value with n older ones before it is received within (n + 1) * (most_passes
/// + 1) receives, and a send that waits behind n others has room within as many. So no stream of greater ones starves
/// either.
///
///   braid::channel<job> queue(braid::priority(64, [](const job& j) { return j.urgency; }));   // or &job::urgency
///
/// `rank` gives an integer. It is called when an operation is made or refilled, on its thread, with no lock held, by
/// several threads at once; it must not throw. What is changed by op.value() later does not change the rank. O(log n)
/// an operation; allocates nothing.
template<class Rank>
class priority {
 public:
  explicit priority(std::size_t capacity, Rank rank, std::uint32_t most_passes = 64)
      : capacity_(capacity), rank_(std::move(rank)), most_passes_(most_passes) {}

 private:
  template<class>
  friend class channel;
  std::size_t capacity_;
  Rank rank_;
  std::uint32_t most_passes_;
};

/// A channel at its birth: its two ends, which take over from here. A capacity that is out of range, or for which the
/// process gets no memory, throws std::invalid_argument: a bounded channel holds up to 2,147,483,647 values, one by
/// priority 16,777,216.
template<class T>
class channel {
 public:
  /// Holds up to `capacity` values; with 0 a send waits until a receiver takes its value.
  explicit channel(std::size_t capacity, channel_options<T> options = {})
      : channel(buffer_of<detail::bounded_buffer<T>>(capacity), std::move(options)) {}
  explicit channel(unbounded_t, channel_options<T> options = {})
      : channel(std::make_unique<detail::unbounded_buffer<T>>(), std::move(options)) {}

  explicit channel(drop_oldest which, channel_options<T> options = {})
      : channel(buffer_of<detail::drop_oldest_buffer<T>>(which.capacity), std::move(options)) {}
  explicit channel(drop_newest which, channel_options<T> options = {})
      : channel(buffer_of<detail::drop_newest_buffer<T>>(which.capacity), std::move(options)) {}
  explicit channel(conflated_t, channel_options<T> options = {}) : channel(drop_oldest(1), std::move(options)) {}

  template<class Rank>
  explicit channel(priority<Rank> which, channel_options<T> options = {})
      : channel(std::unique_ptr<detail::priority_buffer<T>>(detail::make_storage<detail::priority_buffer<T>>(
                    "capacity of a channel by priority", which.capacity_, 0, detail::most_initialised_capacity,
                    which.most_passes_)),
                std::move(options), {std::move(which.rank_), which.most_passes_}) {
    using rank = std::decay_t<std::invoke_result_t<Rank&, const T&>>;
    static_assert(std::integral<rank> && (std::is_signed_v<rank> || sizeof(rank) < 8),
                  "the rank of a value is an integer that fits std::int64_t");
  }

  BRAID_REFUSED(
      "a channel is told what a full one does: channel<T>(8) holds up to 8 values, channel<T>(0) none (a rendezvous), "
      "channel<T>(braid::unbounded) all")
  channel();

  sender<T> tx;
  receiver<T> rx;

 private:
  struct made {
    detail::channel_core<T>* core;
  };
  template<class Buffer>
  static std::unique_ptr<Buffer> buffer_of(std::size_t capacity) {
    return std::unique_ptr<Buffer>(
        detail::make_storage<Buffer>("capacity of a channel", capacity, 0, detail::most_capacity));
  }
  channel(std::unique_ptr<detail::channel_buffer<T>> buffer, channel_options<T> options, detail::ranking<T> by = {})
      : channel(made{new detail::channel_core<T>(std::move(buffer), std::move(options), std::move(by))}) {}
  explicit channel(made m) noexcept : tx(m.core), rx(m.core) {}
};

}  // namespace braid
