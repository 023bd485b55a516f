// Errors: why a pool did not accept a job, or did not run one that it had accepted.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace braid {

/// The pool accepts no more jobs: it is being drained, stopped or aborted. The submit still has its job.
class pool_closed final : public std::runtime_error {
 public:
  explicit pool_closed(const std::string& pool)
      : std::runtime_error("worker pool '" + pool + "' takes no more jobs: it is being drained or stopped") {}
};

/// The pool's queue is full, and its policy is when_full::fail. The submit still has its job.
class queue_full final : public std::runtime_error {
 public:
  queue_full(const std::string& pool, std::size_t length)
      : std::runtime_error("the queue of worker pool '" + pool + "' is full: " + std::to_string(length) +
                           " jobs wait already") {}
};

/// A job that was never started: the pool was stopped and handed it back, or dropped it as the oldest of a full queue.
class job_dropped final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

/// Why jobs are dropped. Each job gets an exception_ptr of its own: a shared one is counted inside the standard
/// library, which ThreadSanitizer does not see, so it would report false races.
class drop_reason {
 public:
  static drop_reason dropped(std::string why) { return {std::move(why), false}; }
  static drop_reason closed(std::string pool) { return {std::move(pool), true}; }

  std::exception_ptr error() const noexcept {
    try {
      return closed_ ? std::make_exception_ptr(pool_closed(text_)) : std::make_exception_ptr(job_dropped(text_));
    } catch (...) {
      return std::current_exception();
    }
  }

 private:
  drop_reason(std::string text, bool closed) : text_(std::move(text)), closed_(closed) {}
  std::string text_;
  bool closed_;
};

}  // namespace detail
}  // namespace braid
