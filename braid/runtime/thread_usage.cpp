#include "braid/runtime/thread_usage.hpp"

#include <sys/resource.h>

namespace braid::detail {
namespace {

#ifdef BRAID_EXPLORE  // no step depends on what the real thread did
constexpr bool sees_the_thread = false;
#else
constexpr bool sees_the_thread = true;
#endif

}  // namespace

void thread_usage::begin() noexcept {
  if (!sees_the_thread) return;
  rusage now{};
  getrusage(RUSAGE_THREAD, &now);
  slept_ = now.ru_nvcsw;
  preempted_ = now.ru_nivcsw;
  thread_ = pthread_self();
  begun_ = pthread_getcpuclockid(thread_, &cpu_clock_) == 0;
}

std::chrono::nanoseconds thread_usage::cpu_time() const noexcept {
  timespec t{};
  if (!begun_ || clock_gettime(cpu_clock_, &t) != 0) return {};
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

bool thread_usage::has_only_been_preempted() const noexcept {
  if (!is_of_this_thread()) return false;
  rusage now{};
  getrusage(RUSAGE_THREAD, &now);
  return now.ru_nvcsw == slept_ && now.ru_nivcsw > preempted_;
}

}  // namespace braid::detail
