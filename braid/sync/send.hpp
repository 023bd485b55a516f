// The operations that send on a channel.
#pragma once

#include <algorithm>
#include <span>

#include "braid/sync/channel_core.hpp"

namespace braid::detail {

/// tx.send(value): gives true once the channel or a receiver has the value. Gives false if the channel is closed; the
/// value then stays in the operation.
template<class T>
class [[nodiscard]] send_wait final : public performable<send_wait<T>, sending<T>> {
  using base = performable<send_wait<T>, sending<T>>;
  using state = typename base::state;

 public:
  template<class... Args>
  [[gnu::always_inline]] explicit send_wait(channel_core<T>& core, std::in_place_t, Args&&... args)
      : base(core), value_(std::in_place, std::forward<Args>(args)...) {
    this->rank_by(*value_);
  }
  [[gnu::always_inline]] ~send_wait() {
    this->withdraw_if_parked();
    this->let_go(value_);
  }

  /// Returns true if the operation was performed and has not been armed again since.
  bool has_result() const noexcept { return this->state_ != state::armed; }
  /// Returns true if the last perform sent the value.
  [[nodiscard, gnu::always_inline]] bool result() noexcept {
    this->let_go(value_);
    return this->state_ == state::sent;
  }
  [[nodiscard]] bool get() { return base::get(); }

  /// Returns the value, unless it was sent. A send that lost a select, failed, was cancelled or timed out still has its
  /// value.
  T& value() & noexcept {
    BRAID_CHECK(this->state_ != state::sent, "value() of a send that has been sent: the receiver has it");
    return *value_;
  }
  /// Arms a sent or failed send with a new value.
  void refill(T value) {
    this->let_go(value_);
    value_.emplace(std::move(value));
    this->rank_by(*value_);
    this->state_ = state::armed;
    this->mark_finished(false);
  }

 private:
  friend class perform_access;

  bool poll_alone() noexcept {
    channel_core<T>& channel = this->core();
    channel.lock().assert_held();
    if (this->state_ == state::sent || !channel.put_alone(*value_)) return false;
    this->state_ = state::sent;
    return true;
  }
  bool poll(wake_chain& wakes) override {
    BRAID_CHECK(this->state_ != state::sent,
                "a send was performed again after it was sent; refill(v) gives it a new value");
    channel_core<T>& channel = this->core();
    channel.lock().assert_held();
    return channel.poll_send(*this, wakes);
  }
  std::string describe() const override { return "send on channel '" + this->core().name() + "'"; }
  std::string describe_others() const override {
    this->core().lock().assert_held();
    return this->core().describe_ends(false);
  }

  T* offered() noexcept override { return this->state_ == state::sent ? nullptr : &*value_; }
  void taken() noexcept override { this->state_ = state::sent; }
  void taken_for(T&& other) noexcept override {
    value_.emplace(std::move(other));
    this->state_ = state::sent;
    this->holds_dropped();
  }
  void refused() noexcept override {
    this->state_ = state::closed;
    this->mark_finished();
  }

  std::optional<T> value_;
};

/// tx.send_some(values): sends 1 to n of the values at once, from the front, and gives their number. Gives 0 if the
/// channel is closed (or `values` is empty). Sent values have been moved from. A priority channel, and a full one that
/// drops, take one value at a time.
template<class T>
class [[nodiscard]] send_some_wait final : public performable<send_some_wait<T>, sending<T>> {
  using base = performable<send_some_wait<T>, sending<T>>;

 public:
  send_some_wait(channel_core<T>& core, std::span<T> values) : base(core), values_(values) { prepare(); }
  ~send_some_wait() {
    this->withdraw_if_parked();
    this->let_go(dropped_);
  }

  /// Returns how many values were sent; a further perform sends from the rest.
  [[nodiscard]] std::size_t result() noexcept {
    this->let_go(dropped_);
    values_ = values_.subspan(sent_);
    prepare();
    return std::exchange(sent_, 0);
  }

 private:
  void prepare() {
    most_ = this->core().by_rank() ? std::min<std::size_t>(values_.size(), 1) : values_.size();
    if (most_ > 0) this->rank_by(values_.front());
  }
  bool poll(wake_chain& wakes) override {
    BRAID_CHECK(sent_ == 0, "a send_some was performed again before its result() was taken");
    channel_core<T>& channel = this->core();
    channel.lock().assert_held();
    return channel.poll_send(*this, wakes);
  }
  std::string describe() const override { return "send_some on channel '" + this->core().name() + "'"; }
  std::string describe_others() const override {
    this->core().lock().assert_held();
    return this->core().describe_ends(false);
  }

  T* offered() noexcept override { return sent_ < most_ && !dropped_ ? &values_[sent_] : nullptr; }
  void taken() noexcept override { ++sent_; }
  void taken_for(T&& other) noexcept override {
    dropped_.emplace(std::move(other));
    ++sent_;
    this->holds_dropped();
  }
  void refused() noexcept override { this->mark_finished(); }

  std::span<T> values_;
  std::size_t most_;  ///< The most values that one perform may send.
  std::size_t sent_ = 0;
  std::optional<T> dropped_;
};

}  // namespace braid::detail
