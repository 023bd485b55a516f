#include "braid/runtime/real_clock.hpp"

#include "braid/base/check.hpp"
#include "braid/runtime/clock.hpp"
#include "braid/runtime/fork_safe_singleton.hpp"
#include "braid/runtime/signal_free_thread.hpp"

namespace braid {
namespace {

thread_local bool serves_the_clock = false;

class steady_clock_with_thread final : public clock {
 public:
  steady_clock_with_thread() : clock(served_by::own_thread) {}
  time_point now() const noexcept override { return std::chrono::steady_clock::now(); }

 private:
  void on_earlier_deadline(detail::wake_chain& wakes) noexcept override {
    BRAID_CHECK(started_, "a timer was armed on the real clock before get_ready()");
    wakes.poke(sleeper_);
  }

  void start() override {
    detail::spin_guard guard(lock_);
    if (started_) return;
    detail::signal_free_thread([this] { serve(); }).detach();
    started_ = true;
    is_ready();
  }

  [[noreturn]] void serve() {
    serves_the_clock = true;
    for (;;) {
      fire(now());
      const time_point next = earliest();
      if (next == time_point::max()) {
        sleeper_.park();
      } else {
        sleeper_.park_until(next);
      }
    }
  }

  bool started_ = false;  ///< Guarded by the clock's lock.
  detail::parker sleeper_;
};

}  // namespace

namespace detail {
bool on_clock_thread() noexcept {
  return serves_the_clock;
}
}  // namespace detail

void start_real_clock() {
  detail::fork_safe_singleton<steady_clock_with_thread>::get().get_ready();
}

clock& real_clock() {
  return detail::fork_safe_singleton<steady_clock_with_thread>::get();
}

}  // namespace braid
