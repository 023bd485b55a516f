// Channels carry values from senders to receivers, first in, first out. No value is lost, and none is delivered twice.
//
//   auto [tx, rx] = braid::channel<int>(8);                    // bounded; 0 is a rendezvous
//   auto [tx, rx] = braid::channel<int>(braid::unbounded);
//   auto [tx, rx] = braid::channel<int>(braid::conflated);     // keeps the newest value; send never waits
//   auto [tx, rx] = braid::channel<job>(braid::priority(8, &job::urgency));
//   auto [tx, rx] = braid::channel<job>(braid::drop_oldest(8), {.on_drop = give_back, .name = "jobs"});
//
//   if (!tx.send(1).get()) ...                                 // on a thread; false: closed, the value is kept
//   while (auto v = co_await rx.recv()) use(*v);               // in a coroutine; any mix of both on either end
//
// T must move without throwing. Its move constructor, and the destructor of the object that was moved from, run under
// the channel's lock and must not use braid.
//
// Cost: one lock per send or receive. A parked operation is completed by its peer, slot to slot, and allocates nothing.
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

/// Asks for a channel without a bound: send never waits, and memory is the limit. Without memory send throws
/// std::bad_alloc, and the value stays in the operation.
struct unbounded_t {};
inline constexpr unbounded_t unbounded{};

/// Asks for a channel that holds the newest `capacity` values. A send never waits: on a full channel it drops the
/// oldest value. `capacity` is at least 1.
struct drop_oldest {
  explicit drop_oldest(std::size_t holds)
      : capacity(detail::checked_argument("capacity of a channel that drops", holds, 1, detail::most_capacity)) {}
  std::size_t capacity;
};
/// The same, but the channel holds the oldest values: a value that is sent on a full channel is dropped itself. The
/// send gives true, since dropping is what the channel was made for. To keep the value, use try_send on a bounded
/// channel.
struct drop_newest {
  explicit drop_newest(std::size_t holds) : capacity(drop_oldest(holds).capacity) {}
  std::size_t capacity;
};

/// Asks for a channel that holds the newest value only: drop_oldest(1).
struct conflated_t {};
inline constexpr conflated_t conflated{};

/// Asks for a channel that holds up to `capacity` values and gives the value with the greatest rank first. Among
/// equals, the first that came is given first. Room goes to the waiting send with the greatest rank in the same way.
///
/// But the oldest value in the channel is passed over at most `most_passes` times in a row, and so is the send that has
/// waited longest. So a value with n older ones before it is received within (n + 1) * (most_passes + 1) receives. A
/// send that waits behind n others has room within the same number of receives. A stream of values with greater ranks
/// therefore starves neither.
///
///   braid::channel<job> queue(braid::priority(64, [](const job& j) { return j.urgency; }));   // or &job::urgency
///
/// `rank` returns an integer and must not throw. It is called when an operation is made or refilled, on the operation's
/// thread, with no lock held, by several threads at once. A change through op.value() does not change the rank. Costs
/// O(log n) per operation; allocates nothing.
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

/// A new channel: its first sender and its first receiver, which are used from then on. Throws std::invalid_argument
/// for a capacity that is out of range, or a large one for which the process gets no memory. A bounded channel holds up to
/// 2,147,483,647 values, a priority channel up to 16,777,216.
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
