// Where a job's output waits until it is that job's turn.
//
// Policy. The child writes straight into an unnamed file (O_TMPFILE): no pipe, no wake-up of ours while it runs,
// nothing to clean up after a crash. A short-lived file is dropped from the page cache before the kernel writes it out,
// so this is as fast as memory (about 10 us to make) and cannot exhaust it. Memory (memfd) is used only when asked for:
// such a file cannot be moved to disk while a child writes to it, so no budget on it could be kept.
// When the disk is full, the child's own write fails with ENOSPC; what it wrote until then is here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "braid/process/descriptor.hpp"

namespace braid::process {

/// How far a copy got, and what stopped it.
struct copy_outcome {
  std::uint64_t bytes = 0;  // written to the target
  int read_error = 0;       // errno of the source
  int write_error = 0;      // errno of the target: ENOSPC, EPIPE, EIO, EBADF, ...

  bool ok() const noexcept { return read_error == 0 && write_error == 0; }
};

/// An unnamed file that a child appends to and we read. Give `file()` to command::output and/or command::error; both
/// may share one spool and then interleave as written. Thread rule: const members from any thread, also while a child
/// writes. SIGPIPE is never raised by us: a closed target is the write_error EPIPE. EINTR is retried, a full
/// non-blocking target is waited for.
class spool {
 public:
  enum class place { disk, memory };

  static constexpr std::uint64_t to_end = std::numeric_limits<std::uint64_t>::max();

  /// In `directory`; empty: $TMPDIR, else /tmp. Throws std::system_error that names the directory and the mend.
  explicit spool(place where = place::disk, const std::string& directory = {});

  int file() const noexcept { return file_.get(); }

  /// Bytes written so far. Price: fstat.
  std::uint64_t size() const;

  /// Reads at an offset, also while the child writes; fewer bytes than asked for only at the present end. Throws
  /// std::system_error.
  std::size_t read(std::uint64_t offset, std::span<char> into) const;

  /// Copies [offset, offset + length) or up to the present end to a descriptor, in the kernel (sendfile) where the
  /// target allows. Reports, never throws: on an error `bytes` says what is already out, so nothing is written twice.
  copy_outcome copy_to(int target, std::uint64_t offset = 0, std::uint64_t length = to_end) const;

  /// Empty again, for the next job. Only when no process writes to it any more: not when the job left some running.
  void clear();

 private:
  descriptor file_;
};

}  // namespace braid::process
