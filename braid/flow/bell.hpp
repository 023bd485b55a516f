// Wakes one party that waits until something has changed. A ring without a waiting party is kept, once.
#pragma once

#include <utility>

#include "braid/runtime/performable.hpp"

namespace braid::detail {

/// Part of a source: every call requires the source's lock.
class bell {
 public:
  void ring(wake_chain& wakes) noexcept {
    operation* const waiting = std::exchange(waiting_, nullptr);
    if (!waiting || !claim(*waiting, wakes)) rung_ = true;
  }

 private:
  friend class bell_wait;
  bool rung_ = false;
  operation* waiting_ = nullptr;
};

/// The operation "the bell has rung", which consumes the ring. One at a time.
class bell_wait final : public performable<bell_wait> {
 public:
  bell_wait(source& owner, bell& of) noexcept : performable(owner), bell_(of) {}
  ~bell_wait() { withdraw_if_parked(); }
  void result() const noexcept {}

 private:
  bool poll(wake_chain&) override { return std::exchange(bell_.rung_, false); }
  void enlist(wake_chain&) noexcept override { bell_.waiting_ = this; }
  void withdraw() noexcept override {
    if (bell_.waiting_ == this) bell_.waiting_ = nullptr;
  }
  std::string describe() const override { return "the workers of a stage"; }

  bell& bell_;
};

}  // namespace braid::detail
