// The exceptions that waiting can throw.
#pragma once

#include <exception>
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

/// Why a context ended: what cancel() was told, or that its deadline passed.
struct cause {
  error_code code = error_code::cancelled;
  std::string text;

  /// Throws timed_out or cancelled with the text.
  [[noreturn]] void raise() const;
};

}  // namespace braid
