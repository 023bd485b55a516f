#include "braid/runner/byte_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>

namespace braid::runner {
namespace {

constexpr std::size_t gather_bytes = 128 * 1024;

// A spool up to this size is read into gathered_: two cheap calls, where the kernel's copy needs five.
constexpr std::size_t small_spool = 4096;

}  // namespace

void byte_sink::write(std::string_view bytes) {
  taken_ += bytes.size();
  if (!bytes.empty()) last_ = bytes.back();
  if (gathered_.size() + bytes.size() > gather_bytes) flush();
  if (bytes.size() > gather_bytes) {
    put(bytes);
  } else {
    gathered_.append(bytes);
  }
}

void byte_sink::copy(const process::spool& from, std::uint64_t offset, std::uint64_t length) {
  const std::size_t gathered = gather(from, offset, length);
  if (gathered < small_spool || gathered == length) return;
  flush();
  will_write();
  const bool all = length == process::spool::to_end;
  const auto done = from.copy_to(file_, offset + gathered, all ? length : length - gathered);
  taken_ += done.bytes;
  if (!done.ok()) fail(done.write_error != 0 ? done.write_error : done.read_error);
  if (done.bytes > 0) static_cast<void>(from.read(offset + gathered + done.bytes - 1, {&last_, 1}));
}

void byte_sink::copy(const process::record& from) {
  if (const process::spool* older = from.in_file()) {
    const std::uint64_t before = taken_;
    copy(*older, 0, from.bytes_in_file());
    if (taken_ - before < from.bytes_in_file()) fail(EIO);
  }
  write(from.in_memory());
}

/// Gathers up to small_spool bytes of a spool and returns their number; fewer only where the spool or `length` ends.
std::size_t byte_sink::gather(const process::spool& from, std::uint64_t offset, std::uint64_t length) {
  std::array<char, small_spool> piece;
  const std::span<char> wanted(piece.data(), std::min<std::uint64_t>(length, piece.size()));
  try {
    const std::size_t got = from.read(offset, wanted);
    write({piece.data(), got});
    return got;
  } catch (const std::system_error& error) {
    fail(error.code().value());
  }
}

void byte_sink::flush() {
  if (gathered_.empty()) return;
  put(gathered_);
  gathered_.clear();
}

void byte_sink::will_write() {
  if (before_ != nullptr) before_->flush();
}

void byte_sink::put(std::string_view bytes) {
  will_write();
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
