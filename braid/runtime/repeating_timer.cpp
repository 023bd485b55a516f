#include "braid/runtime/repeating_timer.hpp"

#include <utility>

namespace braid::detail {

repeating_timer::repeating_timer(owner& calls) : owner_(&calls) {
  real_clock().get_ready();
}

void repeating_timer::arm(std::chrono::microseconds after) noexcept {
  wake_chain wakes;  // wakes in its destructor, after the mutex is released
  mutex_guard guard(mutex_);
  if (owner_) arm_locked(after, wakes);
}

void repeating_timer::arm_locked(std::chrono::microseconds after, wake_chain& wakes) noexcept {
  clock& real = real_clock();
  set_due(real.now() + after);
  spin_guard guard(real.lock());
  real.arm(*this, wakes);
}

void repeating_timer::dismiss() noexcept {
  {
    mutex_guard guard(mutex_);
    owner_ = nullptr;
  }
  clock& real = real_clock();
  spin_guard guard(real.lock());
  real.disarm(*this);
}

void repeating_timer::act() noexcept {
  const std::shared_ptr<repeating_timer> alive = std::move(on_its_way_);
  wake_chain wakes;
  mutex_guard guard(mutex_);
  if (!owner_) return;
  if (const auto again = owner_->on_time()) arm_locked(*again, wakes);
}

}  // namespace braid::detail
