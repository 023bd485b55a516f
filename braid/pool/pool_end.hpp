// pool.drain(), stop() and abort(): the operation "all accepted jobs have ended, and no worker is left".
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "braid/pool/pool_core.hpp"

namespace braid::detail {

/// A worker that waits for the end of its own pool waits for all the other workers. Cancellation does not interrupt the
/// wait, since its result would be lost.
template<class Pool, class Result>
class [[nodiscard]] pool_end final : public performable<pool_end<Pool, Result>, pool_wait> {
 public:
  static constexpr shield shielded = shield::yes;
  /// `result` makes the result of the operation when the pool has ended.
  pool_end(std::shared_ptr<Pool> pool, Result result)
      : performable<pool_end, pool_wait>(*pool), pool_(std::move(pool)), result_(std::move(result)) {}
  ~pool_end() { this->withdraw_if_parked(); }

  decltype(auto) result() { return result_(*pool_); }

 private:
  bool poll(wake_chain&) override {
    pool_core& core = this->core();
    core.lock().assert_held();
    if (!core.is_over_for(core.worker_here())) return false;
    this->mark_finished();
    return true;
  }
  void enlist(wake_chain& wakes) noexcept override {
    this->core().lock().assert_held();
    this->starts_to_wait(wakes);
    this->core().wait_for_end(*this, wakes);
  }
  void withdraw() noexcept override {
    this->core().lock().assert_held();
    this->core().stop_waiting_for_end(*this);
    this->waits_no_more();
  }
  std::string describe() const override { return "the end of worker pool '" + this->core().options().name + "'"; }

  const std::shared_ptr<Pool> pool_;
  Result result_;
};

}  // namespace braid::detail
