// The receiving end of a broadcast.
#pragma once

#include <iterator>

#include "braid/sync/broadcast_recv.hpp"

namespace braid {

/// Sees every value that is sent while it lives, in order. A copy is a new subscriber, which sees what is sent from
/// then on; several receives on one object compete. It holds up the senders once it has not received as many values as
/// the broadcast holds: move it into the task that reads, or drop() it. All functions: any thread; but one object is
/// not assigned or dropped while another thread uses it.
///
///   for (T v : rx) use(v);                              // on a thread, until the broadcast is closed and seen
///   while (auto v = co_await rx.recv()) use(*v);        // in a coroutine
template<class T>
class [[nodiscard]] subscriber {
 public:
  using value_type = T;

  /// Empty: an end of no broadcast, until it is assigned one. So is one that was moved from or dropped. It can be
  /// copied, moved, assigned, dropped and asked bool(); any other call ends the program with a sentence.
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

  /// An operation that gives the next value as optional<T>; nullopt once the broadcast is closed and all of it seen.
  /// Throws what it was closed with. Borrows this end.
  detail::broadcast_recv<T> recv() const& BRAID_LIFETIMEBOUND { return detail::broadcast_recv<T>(core(), *state_); }
  detail::broadcast_recv<T> recv() const&& = delete;

  /// The next value if there is one now. closed() tells "nothing yet" from the end.
  std::optional<T> try_recv() const {
    detail::broadcast_recv<T> op(core(), *state_);
    if (!detail::poll_once(op)) return std::nullopt;
    return op.result();
  }

  /// Unsubscribes: what it has not seen it does not hold up any more; of that, what nobody else has received or will
  /// goes to on_drop, on this thread. The object is as if moved from.
  void drop() noexcept { const subscriber gone(std::move(*this)); }

  /// Closed, and all of it seen: no value will ever come.
  bool closed() const { return core().is_drained(*state_); }
  /// Values that it has not received yet.
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
  /// Receives until the broadcast is closed and seen; each step blocks the thread.
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
