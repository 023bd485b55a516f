// Wakes one party that waits until something has changed. A notification without a waiting party is kept, once.
#pragma once

#include <utility>

#include "braid/runtime/performable.hpp"

namespace braid::detail {

/// Part of a source: every call requires the source's lock.
class notifier {
 public:
  void notify(wake_chain& wakes) noexcept {
    operation* const waiting = std::exchange(waiting_, nullptr);
    if (!waiting || !claim(*waiting, wakes)) pending_ = true;
  }

 private:
  friend class notified;
  bool pending_ = false;
  operation* waiting_ = nullptr;
};

/// The operation "there is a notification", which consumes it. One at a time.
class notified final : public performable<notified> {
 public:
  notified(source& owner, notifier& of) noexcept : performable(owner), notifier_(of) {}
  ~notified() { withdraw_if_parked(); }
  void result() const noexcept {}

 private:
  bool poll(wake_chain&) override { return std::exchange(notifier_.pending_, false); }
  void enlist(wake_chain&) noexcept override { notifier_.waiting_ = this; }
  void withdraw() noexcept override {
    if (notifier_.waiting_ == this) notifier_.waiting_ = nullptr;
  }
  std::string describe() const override { return "the workers of a stage"; }

  notifier& notifier_;
};

}  // namespace braid::detail
