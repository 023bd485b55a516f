// A wait that blocks its thread, seen from outside: its reason and, on a worker, the take-over of its tasks meanwhile.
#pragma once

#include <span>
#include <string>

#include "braid/base/intrusive_list.hpp"
#include "braid/runtime/executor.hpp"

namespace braid {

class operation;

namespace detail {

struct among_waits;

/// Lives on the stack of the thread that waits, from before it blocks to after it was woken.
class thread_wait : public list_hook<among_waits> {
 public:
  explicit thread_wait(std::span<operation* const> operations) noexcept : operations_(operations) {}
  explicit thread_wait(const char* what) noexcept : what_(what) {}

  /// Lends the thread's seat, if it is a worker. Returns false if there was no thread to take it.
  [[nodiscard]] bool lend() noexcept;
  /// Returns, after lend(), whether polling for some microseconds may spare the thread a sleep. Not if its seat is lent,
  /// and not in waits that are expected to be long.
  bool may_end_soon() const noexcept;
  /// Returns, after lend() returned false, a description of what holds the threads.
  const std::string& why_refused() const noexcept { return why_refused_; }
  /// Ends what lend() began. Only after lend() returned true.
  void take_back() noexcept;

  /// Describes what the thread waits for. Only between lend() and take_back(), while the thread cannot continue.
  std::string describe() const;

 private:
  friend class executor_threads;
  std::string why_refused_;
  const std::span<operation* const> operations_;
  const char* const what_ = nullptr;
  executor* on_ = nullptr;      ///< Null if the thread is not a worker.
  bool gave_place_up_ = false;  ///< Used by executor_threads: the thread held a place for blocking work.
};

}  // namespace detail
}  // namespace braid
