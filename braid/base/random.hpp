// Seeded random numbers: every random choice that braid makes comes from here, so that a seed replays it.
#pragma once

#include <cstdint>

#include "braid/base/atomic.hpp"

namespace braid {

/// A small generator for one thread: splitmix64 (G. Steele, D. Lea, C. Flood: Fast splittable pseudorandom number
/// generators, OOPSLA 2014). Not for secrets. Meets std::uniform_random_bit_generator.
class random_engine {
 public:
  using result_type = std::uint64_t;

  explicit random_engine(std::uint64_t seed) noexcept : state_(seed) {}
  static constexpr std::uint64_t min() noexcept { return 0; }
  static constexpr std::uint64_t max() noexcept { return ~std::uint64_t{0}; }

  std::uint64_t operator()() noexcept { return mix(state_ += golden); }
  /// Returns a number below `bound`, which is at least 1 (D. Lemire: Fast random integer generation in an interval,
  /// 2019, without the correction step: the bias is below bound / 2^32).
  std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>(((*this)() >> 32) * bound >> 32);
  }

 private:
  friend class random_source;
  static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
  static constexpr std::uint64_t mix(std::uint64_t z) noexcept {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

/// Gives engines their seeds: one sequence that any thread may draw from.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next_seed() noexcept { return random_engine::mix(state_.fetch_add(random_engine::golden)); }

 private:
  detail::atomic<std::uint64_t> state_;
};

}  // namespace braid
