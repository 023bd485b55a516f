// Stands in for braid/flow/alarm.cpp, which is about the real clock.
#include "explore/explored_alarm.hpp"

#include "braid/flow/alarm.hpp"
#include "explore/explore.hpp"

namespace explore {

void alarm_thread::serve() noexcept {
  while (!over_.load()) {
    if (armed_.load() == nullptr) {
      sleeper_.park();
    } else if (!sleeper_.park_until({})) {
      braid::detail::spin_guard guard(calling_);
      if (braid::detail::timer* const due = armed_.exchange(nullptr)) due->act();
    }
  }
}

void alarm_thread::end() noexcept {
  over_.store(true);
  sleeper_.unpark();
}

void alarm_thread::arm(braid::detail::timer& t) noexcept {
  check(armed_.exchange(&t) == nullptr, "an alarm was armed twice");
  sleeper_.unpark();
}

void alarm_thread::disarm(braid::detail::timer& t) noexcept {
  braid::detail::spin_guard guard(calling_);
  take_back(t);
}

void alarm_thread::take_back(braid::detail::timer& t) noexcept {
  braid::detail::timer* armed = &t;
  armed_.compare_exchange_strong(armed, nullptr);
}

}  // namespace explore

namespace braid::detail {

void alarm::arm(std::chrono::microseconds) noexcept {
  explore::check(explore::the_alarm_thread != nullptr, "what is explored without an alarm armed one");
  const auto is_dismissed = [this] {
    mutex_guard guard(mutex_);
    return owner_ == nullptr;
  };
  if (is_dismissed()) return;
  explore::the_alarm_thread->arm(*this);
  if (is_dismissed()) explore::the_alarm_thread->take_back(*this);
}

void alarm::dismiss() noexcept {
  {
    mutex_guard guard(mutex_);
    owner_ = nullptr;
  }
  if (explore::the_alarm_thread) explore::the_alarm_thread->disarm(*this);
}

void alarm::act() noexcept {
  owner* calls = nullptr;
  {
    mutex_guard guard(mutex_);
    calls = owner_;
  }
  if (!calls) return;
  if (const auto again = calls->on_alarm()) arm(*again);
}

}  // namespace braid::detail
