// The sending end of a channel.
#pragma once

#include <initializer_list>

#include "braid/base/refused.hpp"
#include "braid/sync/send.hpp"

namespace braid {

/// Copies are further ends of the same channel, which closes when the last one is dropped (law C2). So move the last
/// sender into the task that uses it. All functions may be called on any thread, but one object must not be assigned
/// while another thread uses it.
template<class T>
class [[nodiscard]] sender {
 public:
  using value_type = T;

  /// Makes an empty sender: an end of no channel until it is assigned one. A sender that was moved from or dropped is
  /// empty as well. An empty sender can be copied, moved, assigned, dropped and asked bool(); any other call ends the
  /// program with a message.
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

  /// Returns an operation that sends `value`: it waits for room, or on a rendezvous for a receiver. Gives true, or
  /// false if the channel is closed; then op.value() has the value back. Borrows this end. In a coroutine, build an
  /// aggregate in place with emplace(a, b), or name it first: g++ 12 destroys `send(order{a, b})` twice
  /// (docs/coroutines.md).
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

  /// The same, with T{args...} built in the operation.
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

  /// Returns an operation that sends 1 to n of `values` at once and gives their number; 0 if the channel is closed.
  detail::send_some_wait<T> send_some(std::span<T> values) const& BRAID_LIFETIMEBOUND {
    return detail::send_some_wait<T>(core(), values);
  }
  detail::send_some_wait<T> send_some(std::span<T> values) const&& = delete;

  /// Sends if that is possible without waiting. Moves from `value` only if it is sent.
  [[nodiscard]] bool try_send(T&& value) const {
    detail::send_some_wait<T> op(core(), std::span<T>(&value, 1));
    return detail::poll_once(op) && op.result() == 1;
  }
  [[nodiscard]] bool try_send(const T& value) const requires std::copy_constructible<T> { return try_send(T(value)); }

  /// Gives up only this end; the channel closes if it was the last one. The object is then as if moved from.
  void drop() noexcept { *this = sender(nullptr); }

  /// Closes the channel: buffered values drain, then receivers get nothing. Wakes both sides. Further calls do nothing.
  void close() const { core().close(nullptr); }
  /// The same, but every receiver then throws `error`, each time.
  void close(std::exception_ptr error) const { core().close(std::move(error)); }

  /// Returns true if the channel is closed from either side: every send fails.
  bool closed() const { return core().is_closed(); }

  /// Returns the number of values that were sent and then dropped without an on_drop that took them (channel_options).
  /// Counts also the values whose results a stream over the channel did not deliver (docs/streams.md, law F3).
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
