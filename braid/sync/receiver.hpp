// The receiving end of a channel.
#pragma once

#include <iterator>

#include "braid/sync/recv.hpp"

namespace braid {

/// Copies are further ends of the same channel; receivers compete for its values. When the last one is dropped, senders
/// fail and the buffered values go to on_drop. All functions may be called on any thread, but one object must not be
/// assigned while another thread uses it.
///
///   for (T v : rx) use(v);                              // on a thread, until the channel is closed and drained
///   while (auto v = co_await rx.recv()) use(*v);        // in a coroutine
template<class T>
class [[nodiscard]] receiver {
 public:
  using value_type = T;

  /// Makes an empty receiver: an end of no channel until it is assigned one. A receiver that was moved from or dropped
  /// is empty as well. An empty receiver can be copied, moved, assigned, dropped and asked bool(); any other call ends
  /// the program with a message.
  receiver() noexcept = default;
  receiver(const receiver& other) noexcept : core_(other.core_) {
    if (core_) core_->add_receiver();
  }
  receiver(receiver&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  receiver& operator=(receiver other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~receiver() {
    if (core_) core_->drop_receiver();
  }
  /// Returns true unless it is empty.
  explicit operator bool() const noexcept { return core_ != nullptr; }

  /// Returns an operation that gives the next value as optional<T>; nullopt once the channel is closed and drained.
  /// Throws the error that the channel was closed with, if any. Borrows this end.
  [[gnu::always_inline]] detail::recv_wait<T> recv() const& BRAID_LIFETIMEBOUND { return detail::recv_wait<T>(core()); }
  [[gnu::always_inline]] detail::recv_wait<T> recv() const&& = delete;

  /// Returns an operation that appends 1 to max values to `into` and gives their number; 0 once closed and drained.
  detail::recv_some_wait<T> recv_some(std::vector<T>& into BRAID_LIFETIMEBOUND,
                                      std::size_t max) const& BRAID_LIFETIMEBOUND {
    return detail::recv_some_wait<T>(core(), into, max);
  }
  detail::recv_some_wait<T> recv_some(std::vector<T>& into, std::size_t max) const&& = delete;

  /// Returns the next value if there is one now. closed() tells an empty channel from one that has ended. Throws the
  /// error that the channel was closed with, if any, once it is drained, and `cancelled` if the task's context is
  /// cancelled.
  std::optional<T> try_recv() const {
    detail::recv_wait<T> op(core());
    if (!detail::poll_once(op)) return std::nullopt;
    return op.result();
  }
  /// Gives up only this end; if it was the last one, senders fail and on_drop gets the buffered values. The object is
  /// then as if moved from.
  void drop() noexcept { *this = receiver(nullptr); }

  /// Returns true if the channel is closed and drained: no value will ever come.
  bool closed() const { return core().is_drained(); }
  /// Returns the number of values that are buffered now.
  std::size_t size() const { return core().size(); }

  /// Closes the channel: senders fail at once, receivers get nothing. Returns the buffered values, in the order in which
  /// they would have been received.
  [[nodiscard]] std::vector<T> close() const { return core().close_and_take(); }

  /// For a consumer that has received a value and cannot pass it on: on_drop gets the value, or it is destroyed and
  /// counted in dropped().
  void give_back(T value) const noexcept { core().take_back(std::move(value)); }
  /// The same for a number of values that were used up in vain: they are counted in dropped().
  void count_lost(std::size_t values) const noexcept { core().count_lost(values); }

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    iterator() = default;
    explicit iterator(const receiver& from) : from_(&from) { ++*this; }
    T& operator*() const noexcept { return *value_; }
    iterator& operator++() {
      value_ = from_->recv().get();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return !value_; }

   private:
    const receiver* from_ = nullptr;
    mutable std::optional<T> value_;
  };
  /// Receives until the channel is closed and drained; each step blocks the thread.
  iterator begin() const& { return iterator(*this); }
  std::default_sentinel_t end() const& noexcept { return {}; }

 private:
  template<class>
  friend class channel;

  explicit receiver(detail::channel_core<T>* core) noexcept : core_(core) {}
  detail::channel_core<T>& core() const {
    BRAID_CHECK(core_, "an operation on a receiver that was moved from, dropped or never assigned");
    return *core_;
  }
  detail::channel_core<T>* core_ = nullptr;
};

}  // namespace braid
