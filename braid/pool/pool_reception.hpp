// Permission to take jobs from an attached channel.
#pragma once

#include <utility>

#include "braid/pool/pool_core.hpp"

namespace braid::detail {

/// Between begin() and end() a job may have been received and not accepted yet, so the pool does not end.
/// One thread at a time.
class pool_reception {
 public:
  explicit pool_reception(pool_core& pool) noexcept : pool_(pool) {}
  pool_reception(const pool_reception&) = delete;
  pool_reception& operator=(const pool_reception&) = delete;
  ~pool_reception() { end(); }

  bool is_on() const noexcept { return is_on_; }
  /// Returns false if the pool is closed: no more may be received. Idempotent.
  bool begin() noexcept {
    if (is_on_) return true;
    spin_guard guard(pool_.lock());
    return is_on_ = pool_.begin_receiving();
  }
  void end() noexcept {
    if (!std::exchange(is_on_, false)) return;
    wake_chain wakes;
    spin_guard guard(pool_.lock());
    pool_.end_receiving(wakes);
  }

 private:
  pool_core& pool_;
  bool is_on_ = false;
};

}  // namespace braid::detail
