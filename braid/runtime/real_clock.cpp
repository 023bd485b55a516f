#include <pthread.h>
#include <signal.h>

#include <thread>

#include "braid/runtime/clock.hpp"

namespace braid {
namespace {

class steady_clock_with_thread final : public clock {
 public:
  time_point now() const noexcept override { return std::chrono::steady_clock::now(); }

 private:
  void on_earlier_deadline(detail::wake_chain& wakes) noexcept override {
    if (!started_) start();
    wakes.poke(sleeper_);
  }

  /// Under the clock's lock, once in the life of the process.
  void start() noexcept {
    started_ = true;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([this] { serve(); }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  [[noreturn]] void serve() {
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

clock& real_clock() {
  static steady_clock_with_thread& the_clock = *new steady_clock_with_thread;
  return the_clock;
}

}  // namespace braid
