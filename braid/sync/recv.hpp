// The operations that receive from a channel.
#pragma once

#include <algorithm>
#include <optional>

#include "braid/base/argument.hpp"
#include "braid/sync/channel_core.hpp"

namespace braid::detail {

/// rx.recv(): gives the next value, or nothing once the channel is closed and drained. If the channel was closed with
/// an error, throws that error instead of giving nothing.
template<class T>
class [[nodiscard]] recv_wait final : public performable<recv_wait<T>, receiving<T>> {
  using base = performable<recv_wait<T>, receiving<T>>;

 public:
  static constexpr bool may_be_handled_temporary = true;
  explicit recv_wait(channel_core<T>& core) noexcept : base(core) {}
  [[gnu::always_inline]] ~recv_wait() { this->withdraw_if_parked(); }

  /// Returns true if it was performed and result() has not taken the outcome.
  bool has_result() const noexcept { return slot_ || this->finished(); }
  /// Returns what the last perform received, moved out; call once for each perform.
  [[gnu::always_inline]] std::optional<T> result() {
    if (why_) std::rethrow_exception(why_);
    BRAID_CHECK(slot_ || this->finished(),
                "result() of a receive that was not performed, or whose result() was taken already: keep it, "
                "auto v = in.result()");
    std::optional<T> value;
    if (slot_) {  // moves the value only: a copy of the whole optional would have to wait for its two stores
      value.emplace(std::move(*slot_));
      slot_.reset();
    }
    return value;
  }

 private:
  friend class perform_access;
  bool poll_alone() noexcept {
    channel_core<T>& channel = this->core();
    channel.lock().assert_held();
    return !slot_ && channel.take_alone(slot_);
  }
  bool poll(wake_chain& wakes) override {
    BRAID_CHECK(!slot_, "a receive was performed again before its result() was taken: the value would be lost");
    channel_core<T>& channel = this->core();
    channel.lock().assert_held();
    return channel.poll_recv(*this, wakes);
  }
  std::string describe() const override { return "recv on channel '" + this->core().name() + "'"; }
  std::string describe_others() const override {
    this->core().lock().assert_held();
    return this->core().describe_ends(true);
  }

  bool has_room() const noexcept override { return !slot_; }
  void deliver(T&& value) noexcept override { slot_.emplace(std::move(value)); }
  void ended(const std::exception_ptr& why) noexcept override {
    why_ = why;
    this->mark_finished();
  }

  std::optional<T> slot_;
  std::exception_ptr why_;
};

/// rx.recv_some(into, max): appends 1 to max values and gives their number; 0 once the channel is closed and drained.
/// If the channel was closed with an error, throws that error instead of giving 0. Reserves room before the lock is
/// taken, for up to 1,024 values at a time. One perform gives at most as many as there is room for.
template<class T>
class [[nodiscard]] recv_some_wait final : public performable<recv_some_wait<T>, receiving<T>> {
  using base = performable<recv_some_wait<T>, receiving<T>>;

 public:
  static constexpr bool may_be_handled_temporary = true;
  recv_some_wait(channel_core<T>& core, std::vector<T>& into, std::size_t max)
      : base(core), into_(into), max_(checked_argument("number of values of recv_some()", max, 1)) {
    make_room();
  }
  ~recv_some_wait() { this->withdraw_if_parked(); }

  std::size_t get() {
    make_room();
    return base::get();
  }
  auto operator co_await() {
    make_room();
    return base::operator co_await();
  }

  /// Returns how many values the last perform appended; call once for each perform.
  std::size_t result() {
    if (why_) std::rethrow_exception(why_);
    return std::exchange(received_, 0);
  }

 private:
  void make_room() {
    const std::size_t wanted = std::min<std::size_t>(max_, 1024);
    if (into_.capacity() - into_.size() < wanted) into_.reserve(std::max(into_.size() + wanted, 2 * into_.capacity()));
  }
  bool poll(wake_chain& wakes) override {
    BRAID_CHECK(received_ == 0, "a recv_some was performed again before its result() was taken");
    if (into_.size() == into_.capacity()) make_room();  // again in a select: an earlier turn used up its room
    channel_core<T>& channel = this->core();
    channel.lock().assert_held();
    return channel.poll_recv(*this, wakes);
  }
  std::string describe() const override { return "recv_some on channel '" + this->core().name() + "'"; }
  std::string describe_others() const override {
    this->core().lock().assert_held();
    return this->core().describe_ends(true);
  }

  bool has_room() const noexcept override { return received_ < max_ && into_.size() < into_.capacity(); }
  void deliver(T&& value) noexcept override {
    into_.push_back(std::move(value));
    ++received_;
  }
  void ended(const std::exception_ptr& why) noexcept override {
    why_ = why;
    this->mark_finished();
  }

  std::vector<T>& into_;
  const std::size_t max_;
  std::size_t received_ = 0;
  std::exception_ptr why_;
};

}  // namespace braid::detail
