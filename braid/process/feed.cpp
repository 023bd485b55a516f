#include "braid/process/feed.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace braid::process {

descriptor feed(std::string_view bytes) {
  descriptor file(::memfd_create("braid-feed", MFD_CLOEXEC));
  if (!file) throw std::system_error(errno, std::generic_category(), "cannot make a file in memory for a job's input");
  std::size_t written = 0;
  while (written < bytes.size()) {
    // Writes at an offset, so that the position the child inherits stays at the start.
    const ssize_t n = ::pwrite(file.get(), bytes.data() + written, bytes.size() - written, static_cast<off_t>(written));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw std::system_error(errno, std::generic_category(), "cannot hold a job's input in memory");
    written += static_cast<std::size_t>(n);
  }
  return file;
}

}  // namespace braid::process
