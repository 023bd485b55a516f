#include "braid/process/event_flag.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace braid::process {

event_flag::event_flag() : file_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!file_) throw std::system_error(errno, std::generic_category(), "cannot make an eventfd");
}

void event_flag::set() noexcept {
  if (set_.exchange(true)) return;
  const std::uint64_t one = 1;
  // Cannot fail: the eventfd was never written to.
  [[maybe_unused]] const ssize_t n = ::write(file_.get(), &one, sizeof one);
}

}  // namespace braid::process
