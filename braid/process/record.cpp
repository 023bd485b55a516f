#include "braid/process/record.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace braid::process {
namespace {

// A pipe in packet mode (O_DIRECT, which a child can switch on) drops the part of a packet that exceeds the read. A
// packet has at most PIPE_BUF bytes.
constexpr std::size_t least_room = 4096;

}  // namespace

std::span<char> record::room() {
  if (!memory_) memory_.reset(new char[most_in_memory]);  // not set to zero: most jobs use a few bytes of it
  if (most_in_memory - in_memory_ < least_room && failure_.empty()) spill();
  const std::size_t used = failure_.empty() ? in_memory_ : 0;
  return {memory_.get() + used, most_in_memory - used};
}

void record::filled(std::size_t count) noexcept {
  if (failure_.empty()) {
    in_memory_ += count;
  } else {
    lost_ += count;
  }
}

void record::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> into = room();
    const std::size_t count = std::min(bytes.size(), into.size());
    std::memcpy(into.data(), bytes.data(), count);
    filled(count);
    bytes.remove_prefix(count);
  }
}

/// Moves the memory to the file. The part that was written before a failure stays readable.
void record::spill() {
  try {
    if (!file_) file_.emplace(spool::place::disk, directory_);
    const copy_outcome done = file_->append({memory_.get(), in_memory_});
    in_file_ += done.bytes;
    if (done.ok()) {
      in_memory_ = 0;
      return;
    }
    lost_ += in_memory_ - done.bytes;
    failure_ = "cannot keep its output in " + spool_directory(directory_) + ": " +
               std::generic_category().message(done.write_error) +
               (done.write_error == EFBIG ? "" : " (free room there or set TMPDIR)");
  } catch (const std::system_error& error) {
    lost_ += in_memory_;
    failure_ = error.what();
  }
  in_memory_ = 0;
}

std::size_t record::read(std::uint64_t offset, std::span<char> into) const {
  std::size_t got = 0;
  if (offset < in_file_) {
    got = file_->read(offset, into.first(std::min<std::uint64_t>(into.size(), in_file_ - offset)));
    if (got < into.size() && offset + got < in_file_)
      throw std::system_error(EIO, std::generic_category(), "a job's output file was cut by another program");
    if (offset + got < in_file_) return got;
  }
  const std::uint64_t start = offset + got - in_file_;
  if (got == into.size() || start >= in_memory_) return got;
  const std::size_t count = std::min<std::uint64_t>(into.size() - got, in_memory_ - start);
  std::memcpy(into.data() + got, memory_.get() + start, count);
  return got + count;
}

void record::clear() noexcept {
  in_memory_ = 0;
  lost_ = 0;
  failure_.clear();
  if (std::exchange(in_file_, 0) == 0 && !file_) return;
  try {
    file_->clear();
  } catch (const std::system_error&) {
    file_.reset();
  }
}

}  // namespace braid::process
