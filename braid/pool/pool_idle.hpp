// pool.wait_idle(): the operation "no accepted job waits or runs".
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "braid/pool/pool_core.hpp"

namespace braid::detail {

/// A worker that waits in it waits for all jobs except its own and those that wait in the same way.
class [[nodiscard]] idle_wait final : public performable<idle_wait, pool_wait> {
 public:
  explicit idle_wait(std::shared_ptr<pool_core> pool) : performable(*pool), pool_(std::move(pool)) {}
  ~idle_wait() { withdraw_if_parked(); }

  void result() const noexcept {}

 private:
  bool poll(wake_chain&) override {
    core().lock().assert_held();
    return core().is_idle_for(core().worker_here());
  }
  void enlist(wake_chain& wakes) noexcept override {
    core().lock().assert_held();
    starts_to_wait(wakes);
    core().wait_until_idle(*this, wakes);
  }
  void withdraw() noexcept override {
    core().lock().assert_held();
    core().stop_waiting_for_end(*this);
    waits_no_more();
  }
  std::string describe() const override { return "wait_idle() of worker pool '" + core().options().name + "'"; }

  const std::shared_ptr<pool_core> pool_;
};

}  // namespace braid::detail
