// The exception of whoever asks for more than can ever be there.
#pragma once

#include <stdexcept>

namespace braid {

/// More was asked for at once than the limit allows: permits above a semaphore's capacity, tokens above a rate
/// limiter's burst. The wait would have no end, so the operation ends at once and had no effect; what() gives both
/// numbers.
class limit_exceeded final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace braid
