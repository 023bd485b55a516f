// The output of one stream of one child, as far as it was read.
//
// Policy. The child never touches this memory or this file: its bytes arrive through a pipe (capture.hpp), so it can
// neither truncate them nor fill a disk unnoticed. The newest bytes are in memory, at most 64 KiB. When these are full
// they are appended to an unnamed file in $TMPDIR (spool.hpp), which is made for the first output that needs one. So
// output of any size takes 64 KiB of memory, and output below that takes no file.
//
// A failure of the file (no room, a quota, an I/O error) is kept in `failure`: bytes from then on are counted, not
// kept. The bytes before it can still be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "braid/process/spool.hpp"

namespace braid::process {

/// Thread rule: one thread at a time. SIGXFSZ must be ignored, else a limit of file sizes ends the program.
class record {
 public:
  static constexpr std::size_t most_in_memory = 64 * 1024;

  /// The file is made in `directory`; if that is empty, in $TMPDIR, else in /tmp.
  explicit record(std::string directory = {}) : directory_(std::move(directory)) {}

  /// Returns at least 4,096 bytes to read the next output into; more if the memory has room. Moves the memory to the
  /// file if it is full. After a failure returns bytes that will be dropped. Throws only std::bad_alloc.
  [[nodiscard]] std::span<char> room();
  /// Says that the first `count` bytes of the last room() are output.
  void filled(std::size_t count) noexcept;

  /// Adds bytes; for tests and for output that does not come from a pipe.
  void append(std::string_view bytes);

  /// Returns the number of bytes that are kept.
  [[nodiscard]] std::uint64_t size() const noexcept { return in_file_ + in_memory_; }

  /// Reads at an offset. Returns fewer bytes than asked for only at the end. Throws std::system_error if the file
  /// cannot be read back.
  std::size_t read(std::uint64_t offset, std::span<char> into) const;

  /// Returns the file of the older bytes, or null. Its first `size() - in_memory().size()` bytes are this record's.
  [[nodiscard]] const spool* in_file() const noexcept { return in_file_ > 0 ? &*file_ : nullptr; }
  [[nodiscard]] std::uint64_t bytes_in_file() const noexcept { return in_file_; }
  /// The newer bytes.
  [[nodiscard]] std::string_view in_memory() const noexcept { return {memory_.get(), in_memory_}; }

  /// Says why bytes were dropped, as a sentence; empty if none were.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  /// Returns the number of bytes that were not kept.
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

  /// Empties the record for the next child. Keeps the memory; the file is emptied, or given up if that fails.
  void clear() noexcept;

 private:
  void spill();

  const std::string directory_;
  std::unique_ptr<char[]> memory_;
  std::size_t in_memory_ = 0;
  std::optional<spool> file_;
  std::uint64_t in_file_ = 0;
  std::string failure_;
  std::uint64_t lost_ = 0;
};

}  // namespace braid::process
