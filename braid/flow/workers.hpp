// How many do the work of a stage at a time.
//
//   braid::map(8, f)                              // converts from int where it comes first
//   braid::for_each(braid::workers(8), f)         // is spelled out elsewhere
//   braid::map(braid::automatic, f)               // as many as the executor is wide
#pragma once

#include <cstddef>

#include "braid/base/check.hpp"
#include "braid/runtime/environment.hpp"

namespace braid {

struct automatic_t {};
/// As many as the executor runs tasks at a time.
inline constexpr automatic_t automatic;

class workers {
 public:
  /// At least 1.
  constexpr workers(int count) : count_(static_cast<std::size_t>(count)) {  // NOLINT: `map(8, f)` reads best
    BRAID_CHECK(count > 0, "a stage was given fewer than one worker: nobody would do its work");
  }
  constexpr workers(automatic_t) noexcept : count_(0) {}

  /// The number that this is in `env`.
  std::size_t in(const environment& env) const;

 private:
  std::size_t count_;  ///< 0: automatic.
};

}  // namespace braid
