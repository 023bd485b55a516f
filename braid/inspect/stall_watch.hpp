// Reports stalled waits for as long as it lives, on a thread of its own, which sleeps between two checks.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "braid/base/home_process.hpp"
#include "braid/inspect/stall_report.hpp"
#include "braid/runtime/parker.hpp"

namespace braid {

class stall_watch {
 public:
  using reporter = std::function<void(const std::string&)>;

  /// Records waits from now on, and calls `report` with those that have lasted for `limit`. Reports each wait once,
  /// then again at each doubling of its time. Checks every quarter of the limit. `report` runs on the watch's thread;
  /// an exception that it throws ends the program. Throws std::invalid_argument unless `limit` is above zero, and
  /// std::system_error if no thread can be started.
  explicit stall_watch(duration limit, reporter report = to_stderr);
  /// Waits for a report that is being made. Does nothing in the child of a fork, which does not have the thread.
  ~stall_watch();
  stall_watch(const stall_watch&) = delete;
  stall_watch& operator=(const stall_watch&) = delete;

  static void to_stderr(const std::string& text);

 private:
  void run() noexcept;

  const duration limit_;
  const reporter report_;
  const detail::home_process home_;
  detail::atomic<bool> ends_{false};
  detail::parker sleeper_;
  std::unique_ptr<std::thread> thread_;
};

}  // namespace braid
