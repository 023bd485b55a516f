// The operation that receives from a broadcast.
#pragma once

#include "braid/runtime/performable.hpp"
#include "braid/sync/broadcast_core.hpp"

namespace braid::detail {

/// rx.recv(): gives the subscriber's next value, or nothing once the broadcast is closed and the subscriber has
/// received all of it. Throws the error that the broadcast was closed with, if any.
template<class T>
class [[nodiscard]] broadcast_recv final : public performable<broadcast_recv<T>> {
  using base = performable<broadcast_recv<T>>;

 public:
  static constexpr bool may_be_handled_temporary = true;
  broadcast_recv(broadcast_core<T>& core, subscription<T>& to) noexcept : base(core), core_(core), to_(to) {}
  ~broadcast_recv() {
    this->withdraw_if_parked();
    if (held_) core_.release(*held_);
  }

  /// Returns what the last perform received; call once for each perform. The last subscriber to receive a value gets it
  /// moved; the others copy it here. If the copy throws, the value stays available for another result().
  std::optional<T> result() {
    if (why_) std::rethrow_exception(why_);
    BRAID_CHECK(has_value() || ended_,
                "result() of a receive that was not performed, or whose result() was taken already: keep it, "
                "auto v = in.result()");
    if (!held_) return std::exchange(own_, std::nullopt);
    std::optional<T> copy(std::as_const(held_->value));
    core_.release(*std::exchange(held_, nullptr));
    return copy;
  }

 private:
  friend class broadcast_core<T>;

  bool poll(wake_chain& wakes) override {
    core_.lock().assert_held();
    BRAID_CHECK(!has_value(), "a receive was performed again before its result() was taken: the value would be lost");
    return core_.poll_recv(*this, wakes);
  }
  void enlist(wake_chain&) noexcept override { to_.parked.push_back(*this); }
  void withdraw() noexcept override {
    if (this->linked()) this->unlink();
  }
  std::string describe() const override { return "recv on broadcast '" + core_.name() + "'"; }
  std::string describe_others() const override {
    core_.lock().assert_held();
    return core_.describe_ends(true);
  }
  bool has_value() const noexcept { return held_ || own_; }

  // Called by the core, under its lock.
  subscription<T>& subscribed() const noexcept { return to_; }
  void hold(broadcast_slot<T>& shared) noexcept { held_ = &shared; }
  void deliver(T&& value) noexcept { own_.emplace(std::move(value)); }
  void ended(const std::exception_ptr& why) noexcept {
    why_ = why;
    ended_ = true;
    this->mark_finished();
  }

  broadcast_core<T>& core_;
  subscription<T>& to_;
  broadcast_slot<T>* held_ = nullptr;  ///< Slot of a value that others read as well, kept for us.
  std::optional<T> own_;               ///< A value that we were the last to read.
  bool ended_ = false;
  std::exception_ptr why_;
};

}  // namespace braid::detail
