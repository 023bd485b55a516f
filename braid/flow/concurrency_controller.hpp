// Decides how many workers a stage should have, without clock, thread or lock: completions and times in, width out.
//
// It climbs by throughput: it measures the rate of completions at a width, its base, then at another width, and keeps
// the one that the rates favour. Work that waits gains by each worker, work that computes only up to the CPUs, a
// mixture up to the point where they are full. So nothing has to be known of the work or the machine.
//   - A search tries twice as many workers, then half as many more, then a quarter of them, then a third less. From
//     more than 8 on it tries the last two first. A width that pays is the new base; the same step is tried from there.
//   - More workers pay if the rate grows by the fifth root of their ratio (15 % for twice as many): less is noise, or
//     threads that hinder each other. Fewer pay if the rate falls by the twentieth root of the ratio at most: 7 % for a
//     quarter of the workers. If the rate is within a tenth of its limit, it measures for as long again.
//   - Once nothing pays it rests, and tries one small step up or down from time to time, ever more rarely while in
//     vain. If the rate at the base has changed by a quarter, or a trial gained more than its workers can have given,
//     the work has changed: the base is measured anew, and a search begins.
//   - After a change of width, as many items as the greater width pass unmeasured: they began before the change. A
//     window is whole rounds of width items, since items that began together end together. It has at least four rounds,
//     16 items and 40 ms; one round is enough if four take more than 100 ms.
//   - A window in which input was missing for more than a quarter of the time says nothing, and is measured anew.
//
// Hill climbing by throughput is how .NET's thread pool finds its width (J. Hellerstein, V. Morrison, E. Eilebrecht:
// Optimizing concurrency levels in the .NET ThreadPool, 2008); doubling is how TCP begins. Limits by latency (TCP
// Vegas, Netflix' concurrency-limits) need the latency without load, which is unknown while the work changes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace braid::detail {

/// Requires outside locking. A call costs about 10 ns; there is one for each 64 short items, or each `width` long ones.
class concurrency_controller {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  static constexpr std::size_t most = 64;

  /// Begins at `start` workers, or at the nearest number in 1..most.
  explicit concurrency_controller(std::size_t start) noexcept;

  /// Returns the number of workers, in 1..most.
  std::size_t width() const noexcept { return width_; }
  /// Returns after how many more completed items to call observe(); at least 1.
  std::size_t due() const noexcept { return due_; }
  /// Call when due() more items are completed. `now` is on any clock that does not go back. `starved` is the total time
  /// so far for which the worker that was to start an item had to wait for input.
  void observe(nanoseconds now, nanoseconds starved) noexcept;

 private:
  /// The trials of a search, in order.
  enum move : std::uint8_t { twice, half_more, a_quarter, a_third_less, none };
  static move after(move m) noexcept { return static_cast<move>((m + 1) % none); }

  // --- windows ---
  void let_items_go_by(std::size_t items) noexcept;
  void open_window(nanoseconds now, nanoseconds starved) noexcept;
  void measure_on(nanoseconds elapsed) noexcept;
  bool window_is_full(nanoseconds elapsed) const noexcept;

  // --- the climb ---
  void measured(double rate) noexcept;
  void measured_base(double rate) noexcept;
  void measured_trial(double rate) noexcept;
  double rate_that_pays() const noexcept;
  bool is_clear(double rate) const noexcept;
  bool is_more_than_workers_give(double rate) const noexcept;
  void search() noexcept;
  void try_from(move m) noexcept;
  void rest() noexcept;
  std::size_t target(move m) const noexcept;

  static constexpr std::size_t middle = 8;
  static constexpr unsigned least_rest = 8, longest_rest = 12;

  std::size_t width_;
  std::size_t base_;         ///< The best width that is known; width_ is another one during a trial.
  double base_rate_ = 0;     ///< Items per nanosecond; 0 if it is to be measured.
  move move_ = none;         ///< The current trial, or none.
  unsigned moves_left_ = 0;  ///< Of the search, including this one.
  bool has_shrunk_ = false;  ///< In this search, so twice as many need not be tried.
  bool looks_up_ = true;     ///< The direction of the next trial from rest.
  unsigned rests_for_ = least_rest, rest_left_ = least_rest;  ///< In windows.

  std::size_t due_ = 1;
  bool lets_go_by_ = false;
  bool looks_twice_ = false;   ///< The window was not clear, and goes on.
  std::size_t in_window_ = 0;  ///< The items in it so far.
  nanoseconds began_{0}, window_{0}, starved_before_{0};
};

}  // namespace braid::detail
