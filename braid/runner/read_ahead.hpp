// Bounds how far the reader may run ahead of the slots: at most 1,024 inputs and 1 MB.
//
// Invariants
// 1. lines_ and bytes_ count the inputs that have been read and not yet taken; both are guarded by mutex_.
// 2. A read of n bytes holds at most n inputs, so reading no more than room() keeps both bounds, whatever arrives.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace braid::runner {

class read_ahead {
 public:
  static constexpr std::size_t most_lines = 1024;
  static constexpr std::size_t most_bytes = 1 << 20;

  /// Returns how many bytes the reader may read; `held` counts those it has of an unfinished input. Near the bounds it
  /// waits until half is free, so that the reader wakes once for hundreds of inputs. Returns 0 once stopped.
  std::size_t room(std::size_t held) {
    std::unique_lock lock(mutex_);
    if (lines_ + most_lines / 64 > most_lines || bytes_ + held + most_bytes / 16 > most_bytes) {
      changed_.wait(lock, [&] { return stopped_ || half_is_free(); });
    }
    if (stopped_) return 0;
    return std::min(most_lines - 1 - lines_, most_bytes - bytes_ - held);
  }

  /// Notes that the reader has read one more input.
  void add(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    ++lines_;
    bytes_ += bytes;
  }

  /// Notes that a slot has taken an input. Any thread.
  void take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    --lines_;
    bytes_ -= bytes;
    if (half_is_free()) changed_.notify_one();
  }

  /// Makes room() return 0 from now on. Any thread.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_one();
  }

 private:
  bool half_is_free() const { return lines_ <= most_lines / 2 && bytes_ <= most_bytes / 2; }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t lines_ = 0;
  std::size_t bytes_ = 0;
  bool stopped_ = false;
};

}  // namespace braid::runner
