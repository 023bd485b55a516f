// Rendered results on disk that wait for their turn: added at the end, read in any order, freed when read.
//
// The window is a few unnamed files. A file is closed, and its disk given back, when the last region in it is dropped;
// a new one is begun when the last one is full, and files grow with what waits, so that there are never more than some
// forty of them. Owned by result_output, under its lock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "braid/process/spool.hpp"
#include "braid/runner/byte_sink.hpp"

namespace braid::runner {

class spill_window {
 public:
  /// Bytes that wait; keeps their file alive.
  struct region {
    std::shared_ptr<const process::spool> file;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };

  /// Where the next region is written. Throws std::system_error if there is no room for a file.
  [[nodiscard]] byte_sink open() {
    if (!file_ || end_ >= most_bytes_) {
      file_ = std::make_shared<process::spool>();
      if (end_ > 0) most_bytes_ = std::min(most_bytes_ * 2, largest_file);
      end_ = 0;
    }
    return {file_->file(), "the file of results that wait for their turn"};
  }

  /// The region that was written to what open() gave. Throws output_error.
  [[nodiscard]] region close(byte_sink& written) {
    written.flush();
    region made{written.taken() > 0 ? file_ : nullptr, end_, written.taken()};
    end_ += written.taken();
    return made;
  }

  /// Nothing waits any more: the next file is small again.
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
