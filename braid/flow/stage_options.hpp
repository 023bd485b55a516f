// Options of a parallel stage, given after its function.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "braid/flow/workers.hpp"

namespace braid {

struct ordered_t {};
/// Results come out in the order of the items. One slow item holds back at most workers + slack others.
inline constexpr ordered_t ordered;

/// How many items may be in flight beside those that are worked on: results that the next stage has not taken yet. By
/// default the number of workers; if that changes, the number at the moment (law F1).
class slack {
 public:
  /// A stage reserves a place for each item at its start.
  static constexpr int most = 1'048'576;
  /// Throws std::invalid_argument unless `items` is from 0 to `most`.
  constexpr explicit slack(int items)
      : items_(static_cast<std::size_t>(detail::checked_argument("slack of a stage", items, 0, most))) {}
  constexpr std::size_t items() const noexcept { return items_; }

  /// For braid's own parts, which pass the number of items that exist.
  static constexpr slack of(std::size_t items) noexcept { return slack(items, 0); }

 private:
  constexpr slack(std::size_t items, int) noexcept : items_(items) {}

  std::size_t items_;
};

namespace detail {

class stage_options {
 public:
  template<class... Options>
  explicit stage_options(workers count, Options... options) : workers_(std::move(count)) {
    (set(options), ...);
  }

  bool is_ordered() const noexcept { return ordered_; }
  const workers& count() const noexcept { return workers_; }
  std::optional<slack> stated_slack() const noexcept { return slack_; }
  /// Returns true if the sink ignores results: each is out as soon as it is ready, unless the stage is ordered.
  bool shows_no_results() const noexcept { return no_results_ && !ordered_; }
  void show_no_results() noexcept { no_results_ = true; }
  std::size_t slack_for(std::size_t workers) const noexcept { return slack_ ? slack_->items() : workers; }

 private:
  void set(ordered_t) noexcept { ordered_ = true; }
  void set(slack s) noexcept { slack_ = s; }

  workers workers_;
  bool ordered_ = false;
  bool no_results_ = false;
  std::optional<slack> slack_;
};

}  // namespace detail
}  // namespace braid
