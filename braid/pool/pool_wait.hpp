// Base of the operations that wait for a pool.
#pragma once

#include <string>

#include "braid/runtime/performable.hpp"
#include "braid/sync/aging_queue.hpp"

namespace braid::detail {

class pool_core;
class stream_jobs;
class pool_worker;

/// A worker of the same pool that waits in such an operation does not count as running: another worker may run what it
/// waits for (pool_core.hpp, invariant 3).
class pool_wait : public operation, public ranked<pool_wait> {
 public:
  /// For a submit that waits for room: it is accepted, or refused since the pool is closed.
  virtual void admitted() noexcept {}
  virtual void turned_away() noexcept {}
  /// For a wait that ends with the close of the pool: claims itself, after it was taken out of the list.
  virtual void told_of_close(wake_chain&) noexcept {}

 protected:
  explicit pool_wait(pool_core& core) noexcept;
  ~pool_wait() = default;
  std::string describe_others() const override;
  /// Call in enlist(). The jobs of `wanted`, if given, end the wait.
  void starts_to_wait(wake_chain& wakes, stream_jobs* wanted = nullptr) noexcept;
  /// Call in withdraw().
  void waits_no_more() noexcept;
  pool_core& core() const noexcept { return core_; }

 private:
  friend class pool_core;
  pool_core& core_;
  pool_worker* lends_ = nullptr;  ///< The worker that waits in this operation.
};

}  // namespace braid::detail
