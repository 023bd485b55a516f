// The operation that sends on a broadcast.
#pragma once

#include "braid/runtime/performable.hpp"
#include "braid/sync/broadcast_core.hpp"

namespace braid::detail {

/// tx.send(value): gives true once the broadcast has the value for every subscriber. Gives false if the broadcast is
/// closed or has no subscriber; the value then stays in the operation.
template<class T>
class [[nodiscard]] broadcast_send final : public performable<broadcast_send<T>> {
  using base = performable<broadcast_send<T>>;

 public:
  template<class... Args>
  explicit broadcast_send(broadcast_core<T>& core, std::in_place_t, Args&&... args)
      : base(core), core_(core), value_(std::in_place, std::forward<Args>(args)...), offered_(&*value_) {}
  /// Sends `value` from its place: the operation only refers to it.
  broadcast_send(broadcast_core<T>& core, T& value) noexcept : base(core), core_(core), offered_(&value) {}
  ~broadcast_send() { this->withdraw_if_parked(); }

  /// Returns true if the operation was performed and has not been armed again since.
  bool has_result() const noexcept { return state_ != armed; }
  /// Returns true if the last perform sent the value.
  [[nodiscard]] bool result() const noexcept { return state_ == sent; }
  [[nodiscard]] bool get() { return base::get(); }

  /// Returns the value, unless it was sent. A send that lost a select, failed, was cancelled or timed out still has its
  /// value.
  T& value() & noexcept {
    BRAID_CHECK(state_ != sent, "value() of a send that has been sent: the subscribers have it");
    return *offered_;
  }
  /// Arms a sent or failed send with a new value.
  void refill(T value) {
    offered_ = &value_.emplace(std::move(value));
    state_ = armed;
    this->mark_finished(false);
  }

 private:
  friend class broadcast_core<T>;
  enum state { armed, sent, failed };

  bool poll(wake_chain& wakes) override {
    core_.lock().assert_held();
    BRAID_CHECK(state_ != sent, "a send was performed again after it was sent; refill(v) gives it a new value");
    return core_.poll_send(*this, wakes);
  }
  void enlist(wake_chain&) noexcept override {
    core_.lock().assert_held();
    core_.park(*this);
  }
  void withdraw() noexcept override {
    if (this->linked()) this->unlink();
  }
  std::string describe() const override { return "send on broadcast '" + core_.name() + "'"; }
  std::string describe_others() const override {
    core_.lock().assert_held();
    return core_.describe_ends(false);
  }

  // Called by the core, under its lock.
  T* offered() const noexcept { return offered_; }
  void taken() noexcept { state_ = sent; }
  void unheard() noexcept { state_ = failed; }
  void refused() noexcept {
    state_ = failed;
    this->mark_finished();
  }

  broadcast_core<T>& core_;
  std::optional<T> value_;
  T* offered_;
  state state_ = armed;
};

}  // namespace braid::detail
