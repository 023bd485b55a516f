#include "braid/process/inherited_descriptors.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <memory>

namespace braid::process {

std::vector<descriptor_range> not_inherited() {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc/self/fd"), &::closedir);
  if (directory == nullptr) return {};
  std::vector<unsigned> inherited;
  while (const dirent* file = ::readdir(directory.get())) {
    const int number = std::atoi(file->d_name);
    const int flags = number > STDERR_FILENO ? ::fcntl(number, F_GETFD) : -1;
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) inherited.push_back(static_cast<unsigned>(number));
  }
  std::sort(inherited.begin(), inherited.end());
  std::vector<descriptor_range> gaps;
  unsigned first = STDERR_FILENO + 1;
  for (const unsigned each : inherited) {
    if (each > first) gaps.push_back({first, each - 1});
    first = each + 1;
  }
  gaps.push_back({first, std::numeric_limits<unsigned>::max()});
  return gaps;
}

}  // namespace braid::process
