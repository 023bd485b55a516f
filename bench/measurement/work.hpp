#pragma once
// Work of a set number of dependent xorshift steps: about 1.7 ns each where these cases were first measured.
#include <cstdint>

namespace bench {

// Never 0 of a seed that is not 0, which the compiler does not know.
[[gnu::noinline]] inline std::uint64_t xorshift(std::uint64_t seed, std::uint64_t steps) {
  for (std::uint64_t i = 0; i < steps; ++i) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
  }
  return seed;
}

// A function that returns its argument, after so many steps of work with it.
struct worked {
  std::uint64_t steps;
  std::uint64_t operator()(std::uint64_t value) const { return value + (xorshift(value, steps) == 0 ? 1 : 0); }
};

}  // namespace bench
