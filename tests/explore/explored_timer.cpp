// Stands in for braid/runtime/repeating_timer.cpp, which is about the real clock.
#include "explore/explored_timer.hpp"

#include "braid/runtime/repeating_timer.hpp"
#include "explore/explore.hpp"

namespace explore {

void timer_thread::serve() noexcept {
  while (!over_.load()) {
    if (armed_.load() == nullptr) {
      sleeper_.park();
    } else if (!sleeper_.park_until({})) {
      braid::detail::spin_guard guard(calling_);
      if (braid::detail::timer* const due = armed_.exchange(nullptr)) due->act();
    }
  }
}

void timer_thread::end() noexcept {
  over_.store(true);
  sleeper_.unpark();
}

void timer_thread::arm(braid::detail::timer& t) noexcept {
  check(armed_.exchange(&t) == nullptr, "a timer was armed twice");
  sleeper_.unpark();
}

void timer_thread::disarm(braid::detail::timer& t) noexcept {
  braid::detail::spin_guard guard(calling_);
  take_back(t);
}

void timer_thread::take_back(braid::detail::timer& t) noexcept {
  braid::detail::timer* armed = &t;
  armed_.compare_exchange_strong(armed, nullptr);
}

}  // namespace explore

namespace braid::detail {

void repeating_timer::get_ready() {}

void repeating_timer::arm(std::chrono::microseconds) noexcept {
  explore::check(explore::the_timer_thread != nullptr, "what is explored without a timer armed one");
  const auto is_dismissed = [this] {
    mutex_guard guard(mutex_);
    return owner_ == nullptr;
  };
  if (is_dismissed()) return;
  explore::the_timer_thread->arm(*this);
  if (is_dismissed()) explore::the_timer_thread->take_back(*this);
}

void repeating_timer::dismiss() noexcept {
  {
    mutex_guard guard(mutex_);
    owner_ = nullptr;
  }
  if (explore::the_timer_thread) explore::the_timer_thread->disarm(*this);
}

void repeating_timer::act() noexcept {
  owner* calls = nullptr;
  {
    mutex_guard guard(mutex_);
    calls = owner_;
  }
  if (!calls) return;
  if (const auto again = calls->on_time()) arm(*again);
}

}  // namespace braid::detail
