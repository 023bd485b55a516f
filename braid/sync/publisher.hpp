// The sending end of a broadcast.
#pragma once

#include "braid/sync/broadcast_send.hpp"
#include "braid/sync/subscriber.hpp"

namespace braid {

/// Copies are further ends of the same broadcast, which closes when the last one is dropped. All functions may be
/// called on any thread, but one object must not be assigned while another thread uses it.
template<class T>
class [[nodiscard]] publisher {
 public:
  using value_type = T;

  /// Makes an empty publisher: an end of no broadcast until it is assigned one. A publisher that was moved from or
  /// dropped is empty as well. An empty publisher can be copied, moved, assigned, dropped and asked bool(); any other
  /// call ends the program with a message.
  publisher() noexcept = default;
  publisher(const publisher& other) noexcept : core_(other.core_) {
    if (core_) core_->add_publisher();
  }
  publisher(publisher&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  publisher& operator=(publisher other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~publisher() {
    if (core_) core_->drop_publisher();
  }
  /// Returns true unless it is empty.
  explicit operator bool() const noexcept { return core_ != nullptr; }

  /// Returns an operation that sends `value` to every current subscriber: it waits until the slowest one has left room.
  /// Gives true, or false if the broadcast is closed or has no subscriber now; then op.value() has the value back.
  /// Borrows this end. In a coroutine, build an aggregate in place with emplace(a, b) (docs/coroutines.md).
  /// O(subscribers).
  template<class U>
  requires std::convertible_to<U&&, T> detail::broadcast_send<T> send(U&& value)
  const& BRAID_LIFETIMEBOUND { return detail::broadcast_send<T>(core(), std::in_place, std::forward<U>(value)); }
  template<class U>
  requires std::convertible_to<U&&, T> detail::broadcast_send<T> send(U&& value)
  const&& = delete;

  /// The same, with T{args...} built in the operation.
  template<class... Args>
  detail::broadcast_send<T> emplace(Args&&... args) const& BRAID_LIFETIMEBOUND {
    if constexpr (std::constructible_from<T, Args&&...>) {
      return detail::broadcast_send<T>(core(), std::in_place, std::forward<Args>(args)...);
    } else {
      return detail::broadcast_send<T>(core(), std::in_place, T{std::forward<Args>(args)...});
    }
  }
  template<class... Args>
  detail::broadcast_send<T> emplace(Args&&... args) const&& = delete;

  /// Sends if that is possible without waiting. Moves from `value` only if it is sent.
  [[nodiscard]] bool try_send(T&& value) const {
    detail::broadcast_send<T> op(core(), value);
    return detail::poll_once(op) && op.result();
  }
  [[nodiscard]] bool try_send(const T& value) const { return try_send(T(value)); }

  /// Returns a new subscriber, which sees every value that is sent from now on.
  subscriber<T> subscribe() const { return subscriber<T>(core()); }

  /// Gives up only this end; the broadcast closes if it was the last one. The object is then as if moved from.
  void drop() noexcept { *this = publisher(nullptr); }

  /// Closes the broadcast: each subscriber receives what it has not seen yet, then nothing. Further calls do nothing.
  void close() const { core().close(nullptr); }
  /// The same, but every receive then throws `error`, each time.
  void close(std::exception_ptr error) const { core().close(std::move(error)); }
  bool closed() const { return core().is_closed(); }

  /// Returns the number of values that were sent and then lost. No subscriber had received them when the last one that
  /// could have was dropped, and no on_drop took them.
  std::size_t dropped() const { return core().dropped(); }

 private:
  template<class>
  friend class broadcast;

  explicit publisher(detail::broadcast_core<T>* core) noexcept : core_(core) {}
  detail::broadcast_core<T>& core() const {
    BRAID_CHECK(core_, "an operation on a publisher that was moved from, dropped or never assigned");
    return *core_;
  }
  detail::broadcast_core<T>* core_ = nullptr;
};

}  // namespace braid
