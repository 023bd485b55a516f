// How many do the work of a stage at a time.
//
//   braid::map(8, f)                              // converts from int where it comes first
//   braid::for_each(braid::workers(8), f)         // is spelled out elsewhere
//   braid::map(braid::automatic, f)               // as many as pay, from the executor's width on
//   braid::map(n, f)                              // of `braid::adjustable_workers n(4)`: as many as n says meanwhile
#pragma once

#include <cstddef>
#include <memory>

#include "braid/base/argument.hpp"
#include "braid/flow/adjustable_workers.hpp"
#include "braid/runtime/environment.hpp"

namespace braid {

struct automatic_t {};
/// A stage begins with as many workers as the executor runs tasks at a time, and while it runs has as many as its rate
/// of completions says that they pay, 1..64: for functions that compute about one a CPU, for those that wait as many as
/// gain something. It takes some hundred completions, over some tenths of a second, to find out; a stage that ends
/// before, or waits for its input most of the time, stays as wide as it began. The rules are those of
/// flow/width_controller.hpp. Times are those of the context's clock. A worker_pool is as wide as the executor.
inline constexpr automatic_t automatic;

class workers {
 public:
  static constexpr int most = 65'536;
  /// Throws std::invalid_argument unless `count` is from 1 to `most`.
  constexpr workers(int count)  // NOLINT: `map(8, f)` reads best
      : count_(static_cast<std::size_t>(detail::checked_argument("workers of a stage or pool", count, 1, most))) {}
  constexpr workers(automatic_t) noexcept : count_(0) {}
  /// A stage follows `n`. A worker_pool has as many as `n` says then, and a resize() of its own.
  workers(const adjustable_workers& n) noexcept : count_(0), dial_(n.dial()) {}  // NOLINT: as `map(8, f)`

  /// The number that this is in `env` now.
  std::size_t in(const environment& env) const;

  bool is_automatic() const noexcept { return count_ == 0 && !dial_; }
  /// Null: nobody changes it.
  const std::shared_ptr<detail::worker_dial>& dial() const noexcept { return dial_; }

 private:
  std::size_t count_;  ///< 0: automatic, or what the dial says.
  std::shared_ptr<detail::worker_dial> dial_;
};

}  // namespace braid
