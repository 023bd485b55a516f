// The sending end of a channel.
#pragma once

#include <initializer_list>

#include "braid/base/refused.hpp"
#include "braid/sync/send.hpp"

namespace braid {

/// Copies are further ends of the same channel, which closes when the last one goes (law C2): move the last sender into
/// the task that uses it. All functions: any thread; but one sender object is not assigned while another thread uses
/// it.
template<class T>
class [[nodiscard]] sender {
 public:
  using value_type = T;

  /// Empty: an end of no channel, until it is assigned one. So is one that was moved from or dropped. It can be copied,
  /// moved, assigned, dropped and asked bool(); any other call ends the program with a sentence.
  sender() noexcept = default;
  sender(const sender& other) noexcept : core_(other.core_) {
    if (core_) core_->add_sender();
  }
  sender(sender&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  sender& operator=(sender other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~sender() {
    if (core_) core_->drop_sender();
  }
  /// Returns true unless it is empty.
  explicit operator bool() const noexcept { return core_ != nullptr; }

  /// An operation that sends `value`: waits for room, or on a rendezvous for a receiver. Gives true, or false if the
  /// channel is closed; then op.value() has the value back. Borrows this end. In a coroutine build an aggregate in
  /// place with emplace(a, b), or name it first: g++ 12 destroys `send(order{a, b})` twice (docs/coroutines.md).
  template<class U>
  requires std::convertible_to<U&&, T>
  [[gnu::always_inline]] detail::send_wait<T> send(U&& value) const& BRAID_LIFETIMEBOUND {
    return detail::send_wait<T>(core(), std::in_place, std::forward<U>(value));
  }
  template<class U>
  requires std::convertible_to<U&&, T> detail::send_wait<T> send(U&& value)
  const&& = delete;

  BRAID_REFUSED(
      "send() takes a value that there is already, since g++ 12 destroys one twice that is made inside a co_await: "
      "build "
      "it in the operation with emplace(a, b), or name it first")
  detail::refused send(std::initializer_list<detail::in_braces> parts) const;

  /// The same with T{args...} built in the operation.
  template<class... Args>
  detail::send_wait<T> emplace(Args&&... args) const& BRAID_LIFETIMEBOUND {
    if constexpr (std::constructible_from<T, Args&&...>) {
      return detail::send_wait<T>(core(), std::in_place, std::forward<Args>(args)...);
    } else {
      return detail::send_wait<T>(core(), std::in_place, T{std::forward<Args>(args)...});
    }
  }
  template<class... Args>
  detail::send_wait<T> emplace(Args&&... args) const&& = delete;

  /// An operation that sends 1 to n of `values` at once and gives how many; 0 if the channel is closed.
  detail::send_some_wait<T> send_some(std::span<T> values) const& BRAID_LIFETIMEBOUND {
    return detail::send_some_wait<T>(core(), values);
  }
  detail::send_some_wait<T> send_some(std::span<T> values) const&& = delete;

  /// Sends if that is possible without waiting; moves from `value` only then.
  [[nodiscard]] bool try_send(T&& value) const {
    detail::send_some_wait<T> op(core(), std::span<T>(&value, 1));
    return detail::poll_once(op) && op.result() == 1;
  }
  [[nodiscard]] bool try_send(const T& value) const requires std::copy_constructible<T> { return try_send(T(value)); }

  /// Gives up this end alone; the channel closes if it was the last one. The object is as if moved from.
  void drop() noexcept { *this = sender(nullptr); }

  /// No more values: what is buffered drains, then receivers get nothing. Wakes both sides; further calls do nothing.
  void close() const { core().close(nullptr); }
  /// The same, but receivers throw `error` then, every one, each time.
  void close(std::exception_ptr error) const { core().close(std::move(error)); }

  /// Closed from either side: every send fails.
  bool closed() const { return core().is_closed(); }

  /// Values that were sent, then dropped, and that no on_drop took (channel_options); and values whose results a stream
  /// over the channel did not deliver (docs/streams.md, law F3).
  std::size_t dropped() const { return core().dropped(); }

 private:
  template<class>
  friend class channel;

  explicit sender(detail::channel_core<T>* core) noexcept : core_(core) {}
  detail::channel_core<T>& core() const {
    BRAID_CHECK(core_, "an operation on a sender that was moved from, dropped or never assigned");
    return *core_;
  }
  detail::channel_core<T>* core_ = nullptr;
};

}  // namespace braid
