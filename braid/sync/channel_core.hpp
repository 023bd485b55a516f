// The channel's algorithm: one lock, a buffer, a list of parked receivers and a list of parked senders.
//
// Invariants, whenever the lock is free
// 1. A receiver is parked only while the buffer is empty and the channel is open.
// 2. A sender is parked only while the buffer is full and the channel is open.
// 3. Both lists are non-empty only if each pair of a parked sender and a parked receiver is of one of two kinds. Either
//    both belong to one select, or one is a case whose performer has been claimed elsewhere and is about to withdraw.
// 4. A value is in exactly one place: in its send operation, in the buffer, or in a receive operation.
// 5. Closing is final. Its cause is set under the same hold of the lock and does not change afterwards.
// 6. senders_ and receivers_ count the ends. The last end of a side closes the channel. The core is destroyed by the
//    last end of all, or by the last send that still holds a value for on_drop.
//
// A parked operation is completed by its peer, slot to slot. A receive that takes a value out of a full buffer moves in
// the value of the parked sender whose turn it is. So no parked operation is passed over (law O3), except by rank as
// aging_queue.hpp says.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "braid/runtime/flat_end.hpp"
#include "braid/sync/channel_buffer.hpp"
#include "braid/sync/channel_options.hpp"
#include "braid/sync/describe_ends.hpp"
#include "braid/sync/exchange.hpp"

namespace braid {

namespace detail {

template<class T>
class channel_core final : public source {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "a channel's values must move without throwing, or one could be lost half way: send a "
                "std::unique_ptr to it instead");

 public:
  channel_core(std::unique_ptr<channel_buffer<T>> buffer, channel_options<T> options, ranking<T> by = {})
      : buffer_(std::move(buffer)),
        plain_(buffer_->plain_ring()),
        senders_parked_(by.rank ? parked_senders(by.most_passes) : parked_senders()),
        options_(std::move(options)),
        rank_(std::move(by.rank)) {}

  // --- the operations' hooks, with the lock held ---
  bool poll_send(sending<T>& op, wake_chain& wakes) BRAID_REQUIRES(lock_);
  bool poll_recv(receiving<T>& op, wake_chain& wakes) BRAID_REQUIRES(lock_);
  /// The parts of poll_send and poll_recv that need no peer, for one value and a plain ring: the fast paths of send and
  /// receive.
  bool put_alone(T& value) noexcept BRAID_REQUIRES(lock_) {
    if (!plain_ || plain_->full() || closed_ || !receivers_parked_.empty()) return false;
    plain_->push(std::move(value));
    return true;
  }
  bool take_alone(std::optional<T>& into) noexcept BRAID_REQUIRES(lock_) {
    if (!plain_ || plain_->size() == 0 || !senders_parked_.empty()) return false;
    into.emplace(plain_->pop());
    return true;
  }
  void park(sending<T>& op) noexcept BRAID_REQUIRES(lock_) { senders_parked_.push(op); }
  void park(receiving<T>& op) noexcept BRAID_REQUIRES(lock_) { receivers_parked_.push_back(op); }
  void leave(sending<T>& op) noexcept BRAID_REQUIRES(lock_) { senders_parked_.erase(op); }
  /// Call for a value that was dropped for another one. Without an on_drop, counts it and returns true. Otherwise
  /// returns false: pass the value to hand_over once the lock is free.
  bool count_drop() noexcept BRAID_REQUIRES(lock_) {
    if (!options_.on_drop) return ++dropped_, true;
    sides_.fetch_add(1);
    return false;
  }
  void hand_over(T&& dropped) noexcept BRAID_EXCLUDES(lock_) {
    options_.on_drop(std::move(dropped));
    drop_side();
  }

  /// Returns true for a priority channel.
  bool by_rank() const noexcept { return static_cast<bool>(rank_); }
  std::int64_t rank_of(const T& value) const BRAID_EXCLUDES(lock_) { return rank_(value); }

  // --- the ends' calls; any thread ---
  /// Accepts no more values; buffered values drain. Returns false if the channel was closed already.
  bool close(std::exception_ptr why) BRAID_EXCLUDES(lock_) {
    wake_chain wakes;
    spin_guard guard(lock_);
    return close_locked(why, wakes);
  }
  /// Closes the channel for both sides: accepts no more values and gives none. Returns the buffered values, in the
  /// order in which they would have been received.
  std::vector<T> close_and_take() BRAID_EXCLUDES(lock_);
  bool is_drained() BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return closed_ && buffered() == 0;
  }
  bool is_closed() BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return closed_;
  }
  std::size_t size() BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return buffered();
  }
  std::size_t dropped() BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return dropped_;
  }
  /// Takes back a value that was received but not used: on_drop gets it, or it is destroyed and counted.
  void take_back(T&& value) noexcept BRAID_EXCLUDES(lock_) {
    if (options_.on_drop) return options_.on_drop(std::move(value));
    count_lost(1);
  }
  /// Counts values that were received and used up, but whose results did not arrive.
  void count_lost(std::size_t values) noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    dropped_ += values;
  }
  const std::string& name() const noexcept { return options_.name; }
  /// For reports of stalled waits.
  std::string describe_ends(bool for_receive) const BRAID_REQUIRES(lock_) {
    return detail::describe_ends(for_receive, senders_.load(), receivers_.load(), buffered());
  }

  void add_sender() noexcept { senders_.fetch_add(1); }
  void add_receiver() noexcept { receivers_.fetch_add(1); }
  void drop_sender();
  void drop_receiver() {
    if (receivers_.fetch_sub(1) != 1) return;
    // A buffered value may be the last receiver of another channel, and so on.
    end_flat(last_receiver_,
             [](chain_link& link) noexcept { static_cast<last_receiver&>(link).of.drop_receiving_side(); });
  }

 private:
  struct last_receiver final : chain_link {
    explicit last_receiver(channel_core& core) noexcept : of(core) {}
    channel_core& of;
  };
  void drop_receiving_side() noexcept;
  using buffer_ptr = std::unique_ptr<channel_buffer<T>>;
  using parked_senders = aging_queue<sending<T>, enlisted>;

  sending<T>* claim_sender(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    sending<T>* op = senders_parked_.pop();
    while (op && !claim(*op, wakes)) op = senders_parked_.pop();
    return op;
  }
  receiving<T>* claim_receiver(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    receiving<T>* op = receivers_parked_.pop_front();
    while (op && !claim(*op, wakes)) op = receivers_parked_.pop_front();
    return op;
  }
  /// Moves values of parked senders into the room that has come free.
  void refill(wake_chain& wakes) BRAID_REQUIRES(lock_);
  bool place_one(sending<T>& op, wake_chain& wakes) BRAID_REQUIRES(lock_);
  bool close_locked(std::exception_ptr& why, wake_chain& wakes) BRAID_REQUIRES(lock_);
  /// Closes and takes the buffer away. If the buffer holds more than `most` values, returns false and changes nothing.
  bool close_and_take_buffer(std::size_t most, buffer_ptr& taken) BRAID_EXCLUDES(lock_);
  std::size_t buffered() const noexcept BRAID_REQUIRES(lock_) { return buffer_ ? buffer_->size() : 0; }
  void drop_side() {
    if (sides_.fetch_sub(1) == 1) delete this;
  }

  buffer_ptr buffer_ BRAID_GUARDED_BY(lock_);  ///< Null once the receiving side has closed and taken it away.
  ring<T>* plain_ BRAID_GUARDED_BY(lock_);     ///< The ring of buffer_ if that is a plain ring; else null.
  parked_senders senders_parked_ BRAID_GUARDED_BY(lock_);
  intrusive_list<receiving<T>, enlisted> receivers_parked_ BRAID_GUARDED_BY(lock_);
  bool closed_ BRAID_GUARDED_BY(lock_) = false;
  std::exception_ptr why_closed_ BRAID_GUARDED_BY(lock_);
  std::size_t dropped_ BRAID_GUARDED_BY(lock_) = 0;

  atomic<std::size_t> senders_{1};
  atomic<std::size_t> receivers_{1};
  atomic<unsigned> sides_{2};  ///< Sides that still have an end, and sends that hold a value for on_drop.
  const channel_options<T> options_;
  const std::function<std::int64_t(const T&)> rank_;
  last_receiver last_receiver_{*this};
};

template<class T>
bool channel_core<T>::place_one(sending<T>& op, wake_chain& wakes) {
  if (receiving<T>* const receiver = claim_receiver(wakes)) {
    receiver->deliver(std::move(*op.offered()));
    op.taken();
    return true;
  }
  return buffer_->take(op);
}

template<class T>
bool channel_core<T>::poll_send(sending<T>& op, wake_chain& wakes) {
  if (!op.offered()) return true;
  if (closed_) return op.refused(), true;
  if (!place_one(op, wakes)) return false;
  try {
    while (op.offered() && place_one(op, wakes)) {
    }
  } catch (const std::bad_alloc&) {
    // The first value went through: the operation has committed, with the values that there was memory for.
  }
  return true;
}

template<class T>
void channel_core<T>::refill(wake_chain& wakes) {
  while (!senders_parked_.empty() && !buffer_->full()) {
    sending<T>* const sender = claim_sender(wakes);
    if (!sender) return;
    while (sender->offered() && buffer_->take(*sender)) {
    }
  }
}

template<class T>
bool channel_core<T>::poll_recv(receiving<T>& op, wake_chain& wakes) {
  if (!op.has_room()) return true;
  bool received = false;
  while (op.has_room() && buffered() > 0) {
    op.deliver(buffer_->pop());
    received = true;
    if (!senders_parked_.empty()) refill(wakes);
  }
  while (op.has_room() && !senders_parked_.empty()) {
    sending<T>* const sender = claim_sender(wakes);
    if (!sender) break;
    received = true;
    do {
      op.deliver(std::move(*sender->offered()));
      sender->taken();
    } while (op.has_room() && sender->offered());
  }
  if (!received && closed_) return op.ended(why_closed_), true;
  return received;
}

}  // namespace detail
}  // namespace braid

#include "braid/sync/channel_closing.hpp"
