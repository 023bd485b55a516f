// Thrown when template, options or inputs cannot be run as they stand, here and now.
#pragma once

#include <stdexcept>

namespace braid::runner {

/// what() is a whole sentence: what was given, why it cannot be run, and how to fix it. Nothing has been started.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace braid::runner
