#pragma once
// Work of a known length: a chain of dependent steps, fitted on this machine just before it is used.
#include <algorithm>
#include <cstdint>

#include "bench/measurement/measurement.hpp"
#include "bench/measurement/work.hpp"

namespace bench {

class spin {
 public:
  // Takes some 20 ms. What other threads do meanwhile makes single stretches longer, so the shortest counts.
  explicit spin(double nanoseconds) {
    steps_ = 1'000'000;
    steps_ = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(nanoseconds / shortest(1) * 1e6));
    nanoseconds_ = shortest(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(1e6 / nanoseconds)));
  }

  // Never 0 of a seed that is not 0, which the compiler does not know.
  std::uint64_t operator()(std::uint64_t seed) const { return xorshift(seed, steps_); }

  // How long one call really takes on one undisturbed thread.
  double nanoseconds() const { return nanoseconds_; }

 private:
  // Nanoseconds of a call, in the best of ten stretches of `calls`.
  double shortest(std::uint64_t calls) const {
    double best = 1e18;
    for (std::uint64_t stretch = 1; stretch <= 10; ++stretch) {
      const stopwatch watch;
      std::uint64_t zeros = 0;
      for (std::uint64_t i = 1; i <= calls; ++i) zeros += (*this)(stretch + i) == 0 ? 1 : 0;
      best = std::min(best, watch.nanoseconds() / static_cast<double>(calls) + static_cast<double>(zeros));
    }
    return best;
  }

  std::uint64_t steps_ = 0;
  double nanoseconds_ = 0;
};

}  // namespace bench
