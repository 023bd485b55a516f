// For tests: a machine with two CPUs, in arithmetic, that works off the items of a stage. Deterministic.
//
// Each item computes, then waits. Those that compute share the CPUs evenly; more of them than CPUs are switched, and
// each switch costs, the more the more others there are to displace what was in the caches: a hundredth of the CPUs'
// work for each one too many. Waits go on beside each other. Lengths vary evenly by a fifth up and down.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <queue>
#include <vector>

#include "braid/base/random.hpp"

namespace load_model {

/// Of one item, in microseconds.
struct load {
  double cpu, wait;
};

class machine {
 public:
  machine(load of, std::uint64_t seed) : load_(of), random_(seed) {}

  double now() const noexcept { return now_; }
  std::size_t running() const noexcept { return computing_.size() + waiting_.size(); }
  /// Items that start from now on are of this load.
  void change_to(load other) noexcept { load_ = other; }
  void start_item() {
    const double cpu = length(load_.cpu);
    if (cpu > 0) {
      computing_.push({done_by_each_ + cpu, length(load_.wait)});
    } else {
      waiting_.push(now_ + length(load_.wait));
    }
  }
  /// Goes on to the next end of an item.
  void finish_one() {
    while (!step()) {
    }
  }

 private:
  struct burst {
    double ends_at;  ///< On the axis of done_by_each_.
    double then_waits;
    bool operator>(const burst& other) const noexcept { return ends_at > other.ends_at; }
  };
  static constexpr double cpus = 2, cost_of_one_too_many = 0.01;

  double length(double mean) noexcept { return mean * (0.8 + 0.4 * random_.below(1'000'001) / 1'000'000.0); }
  /// How much of a CPU each that computes has.
  double share() const noexcept {
    const auto computing = static_cast<double>(computing_.size());
    const double too_many = std::max(0.0, computing - cpus);
    return std::min(1.0, cpus / computing) / (1 + cost_of_one_too_many * too_many);
  }
  /// To the next event. True: an item has ended.
  bool step() {
    const double never = std::numeric_limits<double>::infinity();
    const double burst_ends = computing_.empty() ? never : now_ + (computing_.top().ends_at - done_by_each_) / share();
    const double wait_ends = waiting_.empty() ? never : waiting_.top();
    const double next = std::min(burst_ends, wait_ends);
    if (!computing_.empty()) done_by_each_ += (next - now_) * share();
    now_ = next;
    if (wait_ends <= burst_ends) return waiting_.pop(), true;
    const double then_waits = computing_.top().then_waits;
    computing_.pop();
    if (then_waits > 0) waiting_.push(now_ + then_waits);
    return then_waits == 0;
  }

  load load_;
  braid::random_engine random_;
  double now_ = 0;           ///< Microseconds.
  double done_by_each_ = 0;  ///< The CPU time that one has had which has computed all the time.
  std::priority_queue<burst, std::vector<burst>, std::greater<>> computing_;
  std::priority_queue<double, std::vector<double>, std::greater<>> waiting_;
};

}  // namespace load_model
