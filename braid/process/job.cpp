#include "braid/process/job.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>

#include "braid/base/check.hpp"
#include "braid/process/watcher.hpp"

namespace braid::process::detail {
namespace {

constexpr idtype_t by_handle =
    static_cast<idtype_t>(3);  // P_PIDFD, which glibc 2.36 names only for the newest API level

std::chrono::microseconds to_duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

// Returns nothing if WNOHANG is among the flags and the child lives. The raw call has a fifth argument that the
// library's lacks: the usage of exactly this child.
std::optional<exit_status> ask_kernel(const descriptor& handle, int flags) noexcept {
  siginfo_t info{};
  rusage usage{};
  while (::syscall(SYS_waitid, by_handle, handle.get(), &info, WEXITED | WNOWAIT | flags, &usage) < 0 &&
         errno == EINTR) {
  }
  if (info.si_pid == 0) return std::nullopt;
  exit_status status;
  (info.si_code == CLD_EXITED ? status.code : status.signal) = info.si_status;
  status.core_dumped = info.si_code == CLD_DUMPED;
  status.user_time = to_duration(usage.ru_utime);
  status.system_time = to_duration(usage.ru_stime);
  status.peak_memory = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  return status;
}

}  // namespace

void job::finish() noexcept {
  const auto status = ask_kernel(handle_, 0);
  BRAID_CHECK(status,
              "a child of the launcher was reaped by another part of the program, or SIGCHLD was set to ignore");
  end_with(*status);
}

bool job::finish_if_over() noexcept {
  const auto status = ask_kernel(handle_, WNOHANG);
  if (status) end_with(*status);
  return status.has_value();
}

exit_status job::wait_for_end() {
  if (!attended_) return watcher_.wait_for_end_of(*this);
  if (!ended_.status()) finish();
  return *ended_.status();
}

void job::end_with(exit_status status) noexcept {
  status.wall_time = std::chrono::steady_clock::now() - started_;
  ended_.happen(status);
}

}  // namespace braid::process::detail
