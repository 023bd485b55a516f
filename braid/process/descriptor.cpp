#include "braid/process/descriptor.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

namespace braid::process {

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = other.release();
  }
  return *this;
}

int descriptor::release() noexcept {
  return std::exchange(number_, -1);
}

void descriptor::reset() noexcept {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

int first_not_inherited() noexcept {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc/self/fd"), &::closedir);
  if (directory == nullptr) return -1;
  int highest = STDERR_FILENO;
  while (const dirent* file = ::readdir(directory.get())) {
    const int number = std::atoi(file->d_name);
    const int flags = ::fcntl(number, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) highest = std::max(highest, number);
  }
  return highest + 1;
}

}  // namespace braid::process
