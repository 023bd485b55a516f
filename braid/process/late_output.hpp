// Pipes of children that have ended, held open by processes that those children left running.
//
// Bytes that arrive there do not belong to a record any more. They are read, counted and dropped, so that the writer
// neither blocks nor dies by SIGPIPE while this program runs. The count is reported once: at the pipe's end, when the
// pipe is given up, or at `end`.
//
// 1. pipes_ holds each pipe from `take` to its end; mutex_ guards it, and the calls of tellers.
// 2. At most `most` pipes are held; one more gives up the oldest, whose writer gets SIGPIPE from then on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "braid/base/descriptor.hpp"

namespace braid::process {

/// The bytes that arrived in one pipe after its child's end.
struct late_bytes {
  std::uint64_t dropped = 0;
  bool still_open = false;  ///< It is no longer read, though a process still holds it.
  bool at_end = false;      ///< It was held until `end`.
};

namespace detail {

class late_output {
 public:
  using teller = std::function<void(const late_bytes&)>;

  /// Throws std::system_error if epoll is not available.
  late_output();

  /// Reads and drops from now on. Calls `tell` once, with mutex_ held, on the thread that finds the pipe's end; `tell`
  /// must be short and must not call back. Any thread.
  void take(descriptor pipe, teller tell);

  /// For epoll: readable while a pipe has bytes for `drain`.
  int file() const noexcept { return poll_.get(); }
  /// Reads a bounded part of what is there. One thread only.
  void drain() noexcept;

  /// Gives up every pipe, after a last look into it, and reports it. No teller runs once it returns. Any thread.
  void end() noexcept;

  void hold_at_most(std::size_t most) noexcept;

 private:
  struct held {
    descriptor pipe;
    teller tell;
    std::uint64_t dropped = 0;
  };
  using held_map = std::map<std::uint64_t, held>;

  bool read_some(held& from) noexcept;
  held let_go(held_map::iterator which) noexcept;
  void give_up(held_map::iterator which, bool at_end) noexcept;

  const descriptor poll_;
  std::mutex mutex_;
  held_map pipes_;  // by their order of arrival
  std::uint64_t last_ = 0;
  std::size_t most_ = 256;
};

}  // namespace detail
}  // namespace braid::process
