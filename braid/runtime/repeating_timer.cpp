#include "braid/runtime/repeating_timer.hpp"

#include <system_error>
#include <utility>

#include "braid/runtime/errors.hpp"

namespace braid::detail {

void repeating_timer::get_ready() {
  try {
    real_clock().get_ready();
  } catch (const std::system_error&) {
    throw no_thread_left("the system gives the clock none");
  }
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
