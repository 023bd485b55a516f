#include "braid/runner/byte_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace braid::runner {
namespace {

constexpr std::size_t gather_bytes = 128 * 1024;

}  // namespace

void byte_sink::write(std::string_view bytes) {
  taken_ += bytes.size();
  if (gathered_.size() + bytes.size() > gather_bytes) flush();
  if (bytes.size() > gather_bytes) {
    put(bytes);
  } else {
    gathered_.append(bytes);
  }
}

void byte_sink::copy(const process::spool& from, std::uint64_t offset, std::uint64_t length) {
  flush();
  const auto done = from.copy_to(file_, offset, length);
  taken_ += done.bytes;
  if (!done.ok()) fail(done.write_error != 0 ? done.write_error : done.read_error);
}

void byte_sink::flush() {
  if (gathered_.empty()) return;
  put(gathered_);
  gathered_.clear();
}

void byte_sink::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file_, bytes.data(), bytes.size());
    if (done >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(done));
    } else if (errno == EAGAIN) {
      pollfd ready{file_, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
}

void byte_sink::fail(int error_number) const {
  throw output_error("cannot write to " + name_ + ": " + std::strerror(error_number) +
                     "; the run is stopped, what was written up to here is whole");
}

}  // namespace braid::runner
