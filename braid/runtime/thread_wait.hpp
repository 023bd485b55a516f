// A wait that blocks its thread, seen from the outside: what for, and on a worker, who takes over meanwhile.
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

  /// Lends the thread's seat, if it is a worker: false if there was no thread to take it.
  [[nodiscard]] bool lend() noexcept;
  /// After a lend() that was false: who holds the threads, as a person would say it.
  const std::string& why_refused() const noexcept { return why_refused_; }
  /// The other half. Only after a lend() that was true.
  void take_back() noexcept;

  /// What it waits for. Only between lend() and take_back(), while its thread cannot go on.
  std::string describe() const;

 private:
  friend class roster;
  std::string why_refused_;
  const std::span<operation* const> operations_;
  const char* const what_ = nullptr;
  executor* on_ = nullptr;      ///< Null: the thread is no worker.
  bool gave_place_up_ = false;  ///< The roster's: it stood in a place for blocking work.
};

}  // namespace detail
}  // namespace braid
