#include "braid/runtime/environment.hpp"

#include <unistd.h>

#include <chrono>

#include "braid/runtime/clock.hpp"
#include "braid/runtime/executor.hpp"
#include "braid/runtime/performer.hpp"

namespace braid {
namespace {

random_source& process_random() {
  static random_source source(static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()) ^
                              (static_cast<std::uint64_t>(getpid()) << 32));
  return source;
}

}  // namespace

braid::executor& environment::executor_or_default() const {
  return executor ? *executor : default_executor();
}
braid::clock& environment::clock_or_default() const {
  return clock ? *clock : real_clock();
}
braid::random_source& environment::random_or_default() const {
  return random ? *random : process_random();
}

environment current_environment() noexcept {
  void* const task = detail::thread_slot();
  return task ? static_cast<detail::performer*>(task)->env() : environment{};
}

}  // namespace braid
