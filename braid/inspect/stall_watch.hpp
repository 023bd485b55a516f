// Reports stalled waits by itself, as long as it lives: on a thread of its own, which sleeps between two looks.
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

  /// Records waits from now on, and calls `report` with those that have lasted for `limit`, above zero: each once, then
  /// at each doubling of its time. A quarter of the limit passes between two looks. `report` runs on the watch's
  /// thread; an exception of it ends the program. Throws std::invalid_argument, or std::system_error without a thread.
  explicit stall_watch(duration limit, reporter report = to_stderr);
  /// Waits for a report that is being made. In the child of a fork, which has not got the thread, does nothing.
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
