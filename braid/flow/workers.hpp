// How many workers a stage has at a time.
//
//   braid::map(8, f)                              // converts from int as the first argument
//   braid::for_each(braid::workers(8), f)         // is spelled out elsewhere
//   braid::map(braid::automatic, f)               // as many as pay, starting at the executor's width
//   braid::map(n, f)                              // with `braid::adjustable_workers n(4)`: the number of n meanwhile
#pragma once

#include <cstddef>
#include <memory>

#include "braid/base/argument.hpp"
#include "braid/flow/adjustable_workers.hpp"
#include "braid/runtime/environment.hpp"

namespace braid {

struct automatic_t {};
/// A stage begins with as many workers as the executor runs tasks at a time. While it runs, its rate of completions
/// decides how many workers pay, from 1 to 64: about one per CPU for functions that compute, and as many as gain
/// something for functions that wait. That takes some hundred completions, over some tenths of a second. A stage that
/// ends before, or waits for its input most of the time, keeps its first width. flow/concurrency_controller.hpp has the
/// rules. Times are on the context's clock. A worker_pool is as wide as the executor.
inline constexpr automatic_t automatic;

class workers {
 public:
  static constexpr int most = 65'536;
  /// Throws std::invalid_argument unless `count` is from 1 to `most`.
  constexpr workers(int count)  // NOLINT: `map(8, f)` reads best
      : count_(static_cast<std::size_t>(detail::checked_argument("workers of a stage or pool", count, 1, most))) {}
  constexpr workers(automatic_t) noexcept : count_(0) {}
  /// A stage follows `n`. A worker_pool takes the number that `n` has then, and has a resize() of its own.
  workers(const adjustable_workers& n) noexcept : count_(0), shared_width_(n.shared()) {}  // NOLINT: as `map(8, f)`

  /// Returns the number of workers in `env` now.
  std::size_t in(const environment& env) const;

  bool is_automatic() const noexcept { return count_ == 0 && !shared_width_; }
  /// Returns the shared_width that the number follows, or null.
  const std::shared_ptr<detail::shared_width>& shared() const noexcept { return shared_width_; }

 private:
  std::size_t count_;  ///< 0 if automatic, or if the shared_width has the number.
  std::shared_ptr<detail::shared_width> shared_width_;
};

}  // namespace braid
