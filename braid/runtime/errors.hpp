// The exceptions that waiting can throw.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

#include "braid/base/result.hpp"

namespace braid {

/// The context of the operation was cancelled; what() gives the cause. The operation had no effect.
class cancelled : public std::exception {
 public:
  explicit cancelled(std::string cause) : text_("cancelled: " + std::move(cause)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 protected:
  struct verbatim {};
  cancelled(verbatim, std::string text) : text_(std::move(text)) {}

 private:
  std::string text_;
};

/// The deadline passed first. The operation had no effect.
class timed_out : public cancelled {
 public:
  explicit timed_out(std::string what_ran_out) : cancelled(verbatim{}, "timed out: " + std::move(what_ran_out)) {}
};

/// A wait would have blocked a worker's thread, but its executor has as many threads as it may have, all of them
/// waiting (law X1). The operation had no effect. what() says what they wait for. To avoid it, use co_await in place of
/// get(), or set more spare_threads.
class no_thread_left : public std::runtime_error {
 public:
  explicit no_thread_left(const std::string& who_holds_them)
      : std::runtime_error("no thread left to wait on: " + who_holds_them) {}
};

/// Why a context ended: the cause given to cancel(), or that its deadline passed.
struct cause {
  error_code code = error_code::cancelled;
  std::string text;

  /// Throws timed_out or cancelled with the text.
  [[noreturn]] void raise() const;
  /// Returns the same exception.
  std::exception_ptr as_exception() const noexcept;
};

namespace detail {

/// Returns true if `thrown` is a `cancelled` or a `timed_out`.
bool is_cancelled_exception(const std::exception_ptr& thrown) noexcept;

}  // namespace detail
}  // namespace braid
