// Rendered results on disk that wait for their turn: added at the end, read in any order, freed when read.
//
// The window is a few unnamed files. A file is closed, and its disk space freed, when the last region in it is dropped.
// A new file is begun when the last one is full. Files grow with the waiting results, so there are never more than
// about forty. Owned by result_output, under its lock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "braid/process/spool.hpp"
#include "braid/runner/byte_sink.hpp"

namespace braid::runner {

class spill_window {
 public:
  /// A range of waiting bytes; keeps its file alive.
  struct region {
    std::shared_ptr<const process::spool> file;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };

  /// Returns the sink for the next region. Throws std::system_error if there is no room for a file.
  [[nodiscard]] byte_sink open() {
    if (!file_ || end_ >= most_bytes_) {
      file_ = std::make_shared<process::spool>();
      if (end_ > 0) most_bytes_ = std::min(most_bytes_ * 2, largest_file);
      end_ = 0;
    }
    return {file_->file(), "the file of results that wait for their turn"};
  }

  /// Returns the region that was written to the sink from open(). Throws output_error.
  [[nodiscard]] region close(byte_sink& written) {
    written.flush();
    region made{written.taken() > 0 ? file_ : nullptr, end_, written.taken()};
    end_ += written.taken();
    return made;
  }

  /// Call when no result waits any more: makes the next file small again.
  void reset() {
    file_.reset();
    end_ = 0;
    most_bytes_ = first_file;
  }

 private:
  static constexpr std::uint64_t first_file = 4ULL << 20;
  static constexpr std::uint64_t largest_file = 64ULL << 30;

  std::shared_ptr<process::spool> file_;
  std::uint64_t end_ = 0;
  std::uint64_t most_bytes_ = first_file;
};

}  // namespace braid::runner
