// The receiving end of a broadcast.
#pragma once

#include <iterator>

#include "braid/sync/broadcast_recv.hpp"

namespace braid {

/// Receives every value that is sent while it lives, in order. A copy is a new subscriber, which receives what is sent
/// from then on. Several receives on one object compete. A subscriber holds up the senders once the values that it has
/// not received fill the broadcast. So move it into the task that reads, or drop() it. All functions may be called on
/// any thread, but one object must not be assigned or dropped while another thread uses it.
///
///   for (T v : rx) use(v);                              // on a thread, until the broadcast is closed and all received
///   while (auto v = co_await rx.recv()) use(*v);        // in a coroutine
template<class T>
class [[nodiscard]] subscriber {
 public:
  using value_type = T;

  /// Makes an empty subscriber: an end of no broadcast until it is assigned one. A subscriber that was moved from or
  /// dropped is empty as well. An empty subscriber can be copied, moved, assigned, dropped and asked bool(); any other
  /// call ends the program with a message.
  subscriber() noexcept = default;
  /// Allocates.
  subscriber(const subscriber& other) : subscriber(other.core_) {}
  subscriber(subscriber&& other) noexcept
      : core_(std::exchange(other.core_, nullptr)), state_(std::exchange(other.state_, nullptr)) {}
  subscriber& operator=(subscriber other) noexcept {
    std::swap(core_, other.core_);
    std::swap(state_, other.state_);
    return *this;
  }
  ~subscriber() {
    if (core_) core_->unsubscribe(*state_);
  }
  /// Returns true unless it is empty.
  explicit operator bool() const noexcept { return core_ != nullptr; }

  /// Returns an operation that gives the next value as optional<T>; nullopt once the broadcast is closed and all of it
  /// was received. Throws the error that the broadcast was closed with, if any. Borrows this end.
  detail::broadcast_recv<T> recv() const& BRAID_LIFETIMEBOUND { return detail::broadcast_recv<T>(core(), *state_); }
  detail::broadcast_recv<T> recv() const&& = delete;

  /// Returns the next value if there is one now. closed() tells "nothing yet" from the end.
  std::optional<T> try_recv() const {
    detail::broadcast_recv<T> op(core(), *state_);
    if (!detail::poll_once(op)) return std::nullopt;
    return op.result();
  }

  /// Unsubscribes: it no longer holds up the values that it has not received. Those of them that no other subscriber
  /// has received or will receive go to on_drop, on this thread. The object is then as if moved from.
  void drop() noexcept { const subscriber gone(std::move(*this)); }

  /// Returns true if the broadcast is closed and all of it was received: no value will ever come.
  bool closed() const { return core().is_drained(*state_); }
  /// Returns the number of values that it has not received yet.
  std::size_t size() const { return core().unread(*state_); }

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    iterator() = default;
    explicit iterator(const subscriber& from) : from_(&from) { ++*this; }
    T& operator*() const noexcept { return *value_; }
    iterator& operator++() {
      value_ = from_->recv().get();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return !value_; }

   private:
    const subscriber* from_ = nullptr;
    mutable std::optional<T> value_;
  };
  /// Receives until the broadcast is closed and all of it was received; each step blocks the thread.
  iterator begin() const& { return iterator(*this); }
  std::default_sentinel_t end() const& noexcept { return {}; }

 private:
  template<class>
  friend class broadcast;
  template<class>
  friend class publisher;

  explicit subscriber(detail::broadcast_core<T>& core) : core_(&core), state_(&core.subscribe()) {}
  explicit subscriber(detail::broadcast_core<T>* core) : core_(core), state_(core ? &core->subscribe() : nullptr) {}
  detail::broadcast_core<T>& core() const {
    BRAID_CHECK(core_, "an operation on a subscriber that was moved from, dropped or never assigned");
    return *core_;
  }
  detail::broadcast_core<T>* core_ = nullptr;
  detail::subscription<T>* state_ = nullptr;
};

}  // namespace braid
