// The algorithm of a broadcast: one ring of values that all subscriptions read, each with a cursor of its own.
//
// Invariants, whenever the lock is free
// 1. tail_ <= each cursor <= head_ <= tail_ + capacity_. Slot i % capacity_ holds value i for tail_ <= i < head_. If
//    its `readers` is 0, value i has left already; tail_ passes it once the older values have left.
// 2. `readers` of a slot counts the subscriptions whose cursor has not passed it, and the receives that still hold it.
// 3. A receive is parked only while its subscription's cursor is head_ and the broadcast is open. A send is parked only
//    while the ring is full, the broadcast is open and there is a subscriber.
// 4. Receivers copy values with no lock held, out of slots that their receives hold (law O10). A receive that finds
//    itself the last reader moves the value out under the lock instead.
// 5. refs_ counts publishers, subscriptions, slot-holding receives; the last destroys this. The last publisher closes.
#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include "braid/sync/channel_options.hpp"
#include "braid/sync/describe_ends.hpp"
#include "braid/sync/subscription.hpp"

namespace braid::detail {

template<class T>
class broadcast_core final : public source {
  static_assert(std::is_nothrow_move_constructible_v<T> && std::copy_constructible<T>,
                "a broadcast's values are copied for each subscriber and move without throwing: send a "
                "std::shared_ptr<const ...> to what cannot be");
  using slot = broadcast_slot<T>;

 public:
  /// Starts with one publisher.
  broadcast_core(std::size_t capacity, channel_options<T> options)
      : capacity_(capacity), slots_(std::make_unique<slot[]>(capacity)), options_(std::move(options)) {}

  // --- the operations' hooks, with the lock held ---
  bool poll_send(broadcast_send<T>& op, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  bool poll_recv(broadcast_recv<T>& op, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void park(broadcast_send<T>& op) noexcept BRAID_REQUIRES(lock_) { senders_parked_.push_back(op); }

  /// Ends the hold of a receive on a slot: the receive has copied the value or is being destroyed.
  void release(slot& held) noexcept BRAID_EXCLUDES(lock_);

  // --- the ends' calls; any thread ---
  void close(std::exception_ptr why) noexcept BRAID_EXCLUDES(lock_);
  subscription<T>& subscribe() BRAID_EXCLUDES(lock_);
  void unsubscribe(subscription<T>& gone) noexcept {  // an unread value may hold another subscriber, and so on
    end_flat(gone, [](chain_link& one) noexcept { static_cast<subscription<T>&>(one).end(); });
  }
  std::size_t unread(const subscription<T>& of) noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return head_ - of.cursor;
  }
  bool is_drained(const subscription<T>& of) noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return closed_ && of.cursor == head_;
  }
  bool is_closed() noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return closed_;
  }
  std::size_t dropped() noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return dropped_;
  }
  const std::string& name() const noexcept { return options_.name; }
  std::string describe_ends(bool for_receive) const BRAID_REQUIRES(lock_) {  // for reports of stalled waits
    return describe_broadcast_ends(for_receive, publishers_.load(), subscribed_);
  }

  void add_publisher() noexcept {
    publishers_.fetch_add(1);
    refs_.fetch_add(1);
  }
  void drop_publisher() noexcept {
    if (publishers_.fetch_sub(1) == 1) close(nullptr);
    drop_ref();
  }
  void let_go(subscription<T>& gone) noexcept BRAID_EXCLUDES(lock_);

 private:
  ~broadcast_core() = default;
  template<class List>
  static auto* claim_first(List& parked, wake_chain& wakes, decltype(claim)* how = claim) noexcept {
    auto* op = parked.pop_front();
    while (op && !how(*op, wakes)) op = parked.pop_front();
    return op;
  }
  slot& at(std::uint64_t number) noexcept BRAID_REQUIRES(lock_) { return slots_[number % capacity_]; }
  bool full() const noexcept BRAID_REQUIRES(lock_) { return head_ - tail_ == capacity_; }
  /// Requires that the ring is not full and that there is a subscriber.
  void place(broadcast_send<T>& op, wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void give_next(subscription<T>& to, broadcast_recv<T>& op) noexcept BRAID_REQUIRES(lock_);
  /// Moves the value out of a slot that has no reader left.
  T take_out(slot& s) noexcept BRAID_REQUIRES(lock_);
  /// Moves values of parked sends into the room that may have come free.
  void refill(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  /// Advances the cursor of a dropped subscription towards `end` and discards what it passes. Stops at the first value
  /// whose last reader the subscription was, and returns it.
  std::optional<left_value<T>> skip_to(std::uint64_t end, subscription<T>& gone) noexcept BRAID_EXCLUDES(lock_);
  void drop_ref() noexcept {
    if (refs_.fetch_sub(1) == 1) delete this;
  }

  const std::size_t capacity_;
  const std::unique_ptr<slot[]> slots_;
  std::uint64_t head_ BRAID_GUARDED_BY(lock_) = 0;  ///< The number of the next value that is sent.
  std::uint64_t tail_ BRAID_GUARDED_BY(lock_) = 0;  ///< The number of the oldest value that is held.
  std::size_t subscribed_ BRAID_GUARDED_BY(lock_) = 0;
  intrusive_list<subscription<T>, in_broadcast> subscriptions_ BRAID_GUARDED_BY(lock_);
  intrusive_list<broadcast_send<T>, enlisted> senders_parked_ BRAID_GUARDED_BY(lock_);
  bool closed_ BRAID_GUARDED_BY(lock_) = false;
  std::exception_ptr why_closed_ BRAID_GUARDED_BY(lock_);
  std::size_t dropped_ BRAID_GUARDED_BY(lock_) = 0;

  atomic<std::size_t> publishers_{1};
  atomic<std::size_t> refs_{1};
  const channel_options<T> options_;
};

template<class T>
T broadcast_core<T>::take_out(slot& s) noexcept {
  T value = std::move(s.value);
  std::destroy_at(&s.value);
  while (tail_ < head_ && at(tail_).readers == 0) ++tail_;
  return value;
}

template<class T>
void broadcast_core<T>::give_next(subscription<T>& to, broadcast_recv<T>& op) noexcept {
  slot& next = at(to.cursor++);
  next.received = true;
  if (next.readers > 1) {
    refs_.fetch_add(1);
    return op.hold(next);
  }
  next.readers = 0;
  op.deliver(take_out(next));
}

template<class T>
void broadcast_core<T>::place(broadcast_send<T>& op, wake_chain& wakes) noexcept {
  slot& free = at(head_);
  std::construct_at(&free.value, std::move(*op.offered()));
  free.readers = subscribed_;
  free.received = false;
  ++head_;
  op.taken();
  for (subscription<T>* s = subscriptions_.front(); s; s = subscriptions_.next(*s))
    if (broadcast_recv<T>* const receiver = claim_first(s->parked, wakes)) give_next(*s, *receiver);
}

template<class T>
void broadcast_core<T>::refill(wake_chain& wakes) noexcept {
  while (!full()) {
    broadcast_send<T>* const sender = claim_first(senders_parked_, wakes);
    if (!sender) return;
    place(*sender, wakes);
  }
}

template<class T>
bool broadcast_core<T>::poll_send(broadcast_send<T>& op, wake_chain& wakes) noexcept {
  if (closed_) return op.refused(), true;
  if (subscribed_ == 0) return op.unheard(), true;
  if (full()) return false;
  return place(op, wakes), true;
}

template<class T>
bool broadcast_core<T>::poll_recv(broadcast_recv<T>& op, wake_chain& wakes) noexcept {
  subscription<T>& to = op.subscribed();
  if (to.cursor < head_) {
    give_next(to, op);
    return refill(wakes), true;
  }
  if (closed_) op.ended(why_closed_);
  return closed_;
}

template<class T>
void broadcast_core<T>::release(slot& held) noexcept {
  {
    wake_chain wakes;
    std::optional<T> last;  // destroyed after the lock is released
    spin_guard guard(lock_);
    if (--held.readers == 0) {
      last.emplace(take_out(held));
      refill(wakes);
    }
  }
  drop_ref();
}

template<class T>
void broadcast_core<T>::close(std::exception_ptr why) noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  if (std::exchange(closed_, true)) return;
  why_closed_ = std::move(why);
  for (subscription<T>* s = subscriptions_.front(); s; s = subscriptions_.next(*s))
    while (broadcast_recv<T>* const op = claim_first(s->parked, wakes, claim_at_end)) op->ended(why_closed_);
  while (broadcast_send<T>* const op = claim_first(senders_parked_, wakes, claim_at_end)) op->refused();
}

template<class T>
subscription<T>& broadcast_core<T>::subscribe() {
  auto made = std::make_unique<subscription<T>>(*this);
  refs_.fetch_add(1);
  spin_guard guard(lock_);
  made->cursor = head_;
  subscriptions_.push_back(*made);
  ++subscribed_;
  return *made.release();
}

template<class T>
std::optional<left_value<T>> broadcast_core<T>::skip_to(std::uint64_t end, subscription<T>& gone) noexcept {
  wake_chain wakes;
  std::optional<left_value<T>> out;  // destroyed after the lock is released
  spin_guard guard(lock_);
  while (gone.cursor < end && !out) {
    slot& next = at(gone.cursor++);
    if (--next.readers > 0) continue;
    out.emplace(left_value<T>{take_out(next), !next.received});
    if (out->lost && !options_.on_drop) ++dropped_;
    refill(wakes);
  }
  return out;
}

template<class T>
void broadcast_core<T>::let_go(subscription<T>& gone) noexcept {
  const std::unique_ptr<subscription<T>> owned(&gone);
  std::uint64_t end = 0;
  {
    wake_chain wakes;
    spin_guard guard(lock_);
    BRAID_CHECK(gone.parked.empty(), "a subscriber was dropped while a receive on it waited");
    gone.unlink();
    end = head_;
    if (--subscribed_ == 0)
      while (broadcast_send<T>* const op = claim_first(senders_parked_, wakes, claim_at_end)) op->unheard();
  }
  while (std::optional<left_value<T>> left = skip_to(end, gone))
    if (left->lost && options_.on_drop) options_.on_drop(std::move(left->value));
  drop_ref();
}

}  // namespace braid::detail
