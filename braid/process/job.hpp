// The record of one started child, shared by its owner, the watcher and the table.
//
// 1. From the start until the watcher calls `finish` the record is watched; its owner destroys it only after that.
// 2. `finish` is the watcher's last touch. It holds lock_ to its end, so an owner who has seen the end may free the
// record.
// 3. The kernel's process is reaped by the table when the record goes, not before: until then pid and group are ours.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "braid/process/descriptor.hpp"
#include "braid/process/exit_status.hpp"

namespace braid::process::detail {

class job_table;

class job {
 public:
  job(job_table& table, std::uint64_t number, std::chrono::steady_clock::time_point started) noexcept
      : table_(table), number_(number), started_(started) {}

  /// Before the record is watched or in the table.
  void begins(pid_t pid, descriptor handle) noexcept {
    pid_ = pid;
    handle_ = std::move(handle);
  }

  job_table& table() const noexcept { return table_; }
  std::uint64_t number() const noexcept { return number_; }
  pid_t pid() const noexcept { return pid_; }
  const descriptor& handle() const noexcept { return handle_; }

  /// By the watcher, once the handle is readable: asks the kernel how the child ended, without reaping it.
  void finish() noexcept;
  bool finished() const;
  exit_status wait();

 private:
  job_table& table_;
  const std::uint64_t number_;
  const std::chrono::steady_clock::time_point started_;
  pid_t pid_ = 0;
  descriptor handle_;
  mutable std::mutex lock_;  // covers status_
  std::condition_variable ended_;
  std::optional<exit_status> status_;
};

}  // namespace braid::process::detail
