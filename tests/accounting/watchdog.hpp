// Ends the program with what it knows when nothing has moved for a time: a lost wake-up is a failure, not a wait.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace accounting {

class watchdog {
 public:
  /// `progress` is a number that changes while all is well; `state` says what hangs. Both are called on its thread. Waits
  /// are recorded from now on, and those that have lasted for half of `patience` stand in the report.
  watchdog(std::chrono::seconds patience, std::function<unsigned long()> progress, std::function<std::string()> state);
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog();

 private:
  void watch();

  const std::chrono::seconds patience_;
  const std::function<unsigned long()> progress_;
  const std::function<std::string()> state_;
  std::mutex mutex_;  ///< Covers over_.
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace accounting
