// The record of one started child, shared by its owner, the watcher and the table.
//
// 1. From the start until `finish` the record is watched; its owner destroys it only after that. If a child ends before
//    it could be watched, the thread that started it finishes the record, which is then never watched. An attended one
//    is not watched either: its owner waits for the end itself, and `finish` is called by the owner's thread.
// 2. `finish` is the watcher's last access to the record, and releasing the event's lock is the last access in it.
// 3. The table reaps the kernel's process when the record is destroyed, not before: until then pid and group are ours.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <utility>

#include "braid/base/descriptor.hpp"
#include "braid/process/exit_event.hpp"

namespace braid::process::detail {

class descendant_table;
class watcher;

class job {
 public:
  job(descendant_table& table, watcher& watching, std::uint64_t number, bool attended) noexcept
      : table_(table),
        watcher_(watching),
        number_(number),
        attended_(attended),
        started_(std::chrono::steady_clock::now()) {}

  /// Call before the record is watched or in the table.
  void begins(pid_t pid, descriptor handle) noexcept {
    pid_ = pid;
    handle_ = std::move(handle);
  }

  descendant_table& table() const noexcept { return table_; }
  watcher& watched_by() const noexcept { return watcher_; }
  std::uint64_t number() const noexcept { return number_; }
  bool attended() const noexcept { return attended_; }
  pid_t pid() const noexcept { return pid_; }
  const descriptor& handle() const noexcept { return handle_; }

  /// Asks the kernel how the child ended, without reaping it. The watcher calls it once the handle is readable.
  void finish() noexcept;
  /// Does the same if the child has ended; returns false if it lives. Call before the record is watched.
  [[nodiscard]] bool finish_if_over() noexcept;
  exit_event& ended() noexcept { return ended_; }
  /// Blocks the calling thread until the child has ended.
  exit_status wait_for_end();

 private:
  void end_with(exit_status status) noexcept;

  descendant_table& table_;
  watcher& watcher_;
  const std::uint64_t number_;
  const bool attended_;
  const std::chrono::steady_clock::time_point started_;
  pid_t pid_ = 0;
  descriptor handle_;
  exit_event ended_;
};

}  // namespace braid::process::detail
