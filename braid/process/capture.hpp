// Captures a child's output: for stdout and for stderr a pipe and a record.
//
// Policy. Each child has fresh pipes, and only its own tree holds their write ends. So no other child's bytes can be
// among its own, whatever its processes do and however long they live.
// - The thread that waits for the child also reads the pipes. For a millisecond after the start, and after each small
//   read, it does not look at them. A pipe holds 64 KiB. So a short child costs no wake-up beyond that of its end, and
//   one that prints line by line at most a thousand a second. A child that fills its pipe within that time waits once
//   for the rest of the millisecond; then the pipe is polled.
// - After the child's end the pipes are read to their end. A pipe without an end is held by a process that the child
//   left running. That process may close it within late_patience, as `> >(tee log)` needs. Then the record is closed,
//   and the pipe goes to late_output.hpp.
// - The read end is non-blocking, and ours alone: settings that a child makes on the write end do not reach it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <utility>

#include "braid/base/descriptor.hpp"
#include "braid/process/child.hpp"
#include "braid/process/event_flag.hpp"
#include "braid/process/record.hpp"

namespace braid::process {

/// How a wait for a child ended.
enum class attended : std::uint8_t {
  ended,        ///< the child has ended
  stopped,      ///< the flag was set
  timed_out,    ///< the deadline passed
  cannot_keep,  ///< the record of its output failed; returned once per child
};

/// Serves one child at a time, any number in turn. Thread rule: one thread at a time, in which signals that have a
/// handler must be blocked.
class capture {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds look_interval{1};
  static constexpr std::chrono::milliseconds late_patience{50};

  /// Empties the records and makes two pipes, four descriptors. Throws spawn_error (no_resources) if none are left.
  void open();
  /// The write ends, for the command. Valid until close_write_ends.
  int out_end() const noexcept { return streams_[0].write_end.get(); }
  int err_end() const noexcept { return streams_[1].write_end.get(); }
  /// Call once the child was started, or could not be.
  void close_write_ends() noexcept;
  /// Gives up both pipes: the child was not started.
  void close() noexcept;

  /// Blocks until one of the cases of `attended` occurs, and returns it. Reads the child's output meanwhile.
  /// `running` is attended by its caller; `stop` may be null. Without open(), only waits.
  attended attend(const child& running, const event_flag* stop, time_point deadline);

  /// Like attend, but without a child's end: blocks until the flag is set or the time has passed.
  attended attend_rest(const event_flag* stop, time_point deadline);

  /// Call after the end of the child. Reads what its tree has written, and waits for the ends of the pipes for about
  /// `late_patience`. Returns true if both have ended: no process holds them any more.
  bool read_rest(child& ended);

  /// Returns the inode of a pipe that is still held; 0 if both have ended.
  ino_t held_pipe() const noexcept;
  /// Gives the pipe of stdout or stderr, if it is still held, for late_output; empty if it has ended.
  descriptor give_out() noexcept { return std::move(streams_[0].read_end); }
  descriptor give_err() noexcept { return std::move(streams_[1].read_end); }

  const record& out() const noexcept { return streams_[0].kept; }
  const record& err() const noexcept { return streams_[1].kept; }

 private:
  struct stream {
    descriptor read_end;
    descriptor write_end;
    record kept;
  };

  attended wait(int child_handle, const event_flag* stop, time_point deadline);
  std::uint64_t read_available(std::uint64_t most);
  bool read_until(time_point until);
  bool all_ended() const noexcept { return !streams_[0].read_end && !streams_[1].read_end; }
  bool failed() const noexcept { return !out().failure().empty() || !err().failure().empty(); }
  std::uint64_t capacity() const noexcept;

  stream streams_[2];
  bool failure_told_ = false;  // cannot_keep was returned for this child
};

}  // namespace braid::process
