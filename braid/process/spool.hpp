// An unnamed file for output that does not fit into memory, until its turn.
//
// Policy. The file has no name (O_TMPFILE), so nothing is left after a crash. A short-lived file is dropped from the
// page cache before the kernel writes it out, so it is as fast as memory and cannot exhaust it. Only this program
// writes to it, and each write is checked: a full disk is an error of ours, never a silent cut. Memory (memfd) is used
// only on request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "braid/base/descriptor.hpp"

namespace braid::process {

/// How far a copy got, and the error that stopped it.
struct copy_outcome {
  std::uint64_t bytes = 0;  // written to the target
  int read_error = 0;       // errno of the source
  int write_error = 0;      // errno of the target: ENOSPC, EPIPE, EIO, EBADF, ...

  bool ok() const noexcept { return read_error == 0 && write_error == 0; }
};

/// Returns `asked`; if that is empty $TMPDIR, else /tmp.
std::string spool_directory(const std::string& asked);

/// An unnamed file that is appended to and read. `file()` can be given to a child that needs a file of its own to read
/// and write. Thread rule: const members from any thread, also while another appends. We never raise SIGPIPE: a closed
/// target is the write_error EPIPE. EINTR is retried, and a full non-blocking target is waited for.
class spool {
 public:
  enum class place { disk, memory };

  static constexpr std::uint64_t to_end = std::numeric_limits<std::uint64_t>::max();

  /// Makes the file in `directory`; if that is empty in $TMPDIR, else in /tmp. Throws std::system_error that names the
  /// directory and the fix.
  explicit spool(place where = place::disk, const std::string& directory = {});

  int file() const noexcept { return file_.get(); }

  /// Writes at the end. Reports, never throws: on an error `bytes` is the number of bytes in the file.
  copy_outcome append(std::string_view bytes) noexcept;

  /// Returns the number of bytes written so far. Price: fstat.
  std::uint64_t size() const;

  /// Reads at an offset, also while the child writes. Returns fewer bytes than asked for only at the present end.
  /// Throws std::system_error.
  std::size_t read(std::uint64_t offset, std::span<char> into) const;

  /// Copies [offset, offset + length) or up to the present end to a descriptor, in the kernel (sendfile) if the target
  /// allows that. Reports, never throws: on an error `bytes` is what is already out, so nothing is written twice.
  copy_outcome copy_to(int target, std::uint64_t offset = 0, std::uint64_t length = to_end) const;

  /// Empties the file. Throws std::system_error. Requires that no process writes to it any more.
  void clear();

 private:
  descriptor file_;
};

}  // namespace braid::process
