// The exception for a request that can never be met.
#pragma once

#include <stdexcept>

namespace braid {

/// A request asked for more at once than the limit allows: permits above a semaphore's capacity, tokens above a rate
/// limiter's burst. Its wait would never end, so the operation ends at once and has no effect. what() gives both
/// numbers.
class limit_exceeded final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace braid
