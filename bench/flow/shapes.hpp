#pragma once
// The shapes of the flow cases. README.md draws them. A peer supplies some of
//   Peer::map(n, f)           the sum of f of 1..n, which one party gives, eight workers map and one party adds up
//   Peer::map_ordered(n, f)   the same; adds with in_order
//   Peer::pipe(items, watch)  1..items through pipe_stages that each add one, one after the other: the sum of what
//                             comes out; starts `watch` once the pipe is built
// f returns its argument, and may be called by several threads at a time.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/measurement/measurement.hpp"
#include "bench/measurement/work.hpp"

namespace bench {

inline constexpr int map_workers = 8;
// On their way at a time: an item a worker, and as many results that are not yet taken. What braid's map(8, f) does.
inline constexpr std::size_t map_in_flight = 16;
inline constexpr std::uint64_t pipe_stages = 1000;

// Adds up 1, 2, 3, ... and gives 0 if they came in another order.
class in_order {
 public:
  void add(std::uint64_t value) noexcept {
    sum_ += value;
    strayed_ |= value ^ ++arrived_;
  }
  std::uint64_t sum() const noexcept { return strayed_ == 0 ? sum_ : 0; }

 private:
  std::uint64_t sum_ = 0;
  std::uint64_t arrived_ = 0;
  std::uint64_t strayed_ = 0;
};

struct unchanged {
  std::uint64_t operator()(std::uint64_t value) const { return value; }
};

template<class Peer, class F>
outcome map_all(std::uint64_t n, F f) {
  const stopwatch watch;
  const std::uint64_t sum = Peer::map(n, f);
  return {n, watch.nanoseconds(), sum, sum_to(n)};
}

template<class Peer, class F>
outcome map_all_ordered(std::uint64_t n, F f) {
  const stopwatch watch;
  const std::uint64_t sum = Peer::map_ordered(n, f);
  return {n, watch.nanoseconds(), sum, sum_to(n)};
}

template<class Peer>
std::vector<timed_case> map_cases() {
  return {{"map8", [](std::uint64_t n) { return map_all<Peer>(n, unchanged{}); }},
          {"mapw300", [](std::uint64_t n) { return map_all<Peer>(n, worked{300}); }},
          {"mapw1200", [](std::uint64_t n) { return map_all<Peer>(n, worked{1200}); }},
          {"mapw6000", [](std::uint64_t n) { return map_all<Peer>(n, worked{6000}); }}};
}

template<class Peer>
std::vector<timed_case> ordered_map_cases() {
  return {{"map8_ordered", [](std::uint64_t n) { return map_all_ordered<Peer>(n, unchanged{}); }},
          {"mapw300_ordered", [](std::uint64_t n) { return map_all_ordered<Peer>(n, worked{300}); }},
          {"mapw1200_ordered", [](std::uint64_t n) { return map_all_ordered<Peer>(n, worked{1200}); }},
          {"mapw6000_ordered", [](std::uint64_t n) { return map_all_ordered<Peer>(n, worked{6000}); }}};
}

// n counts the stages that the items pass. Building the pipe is not timed.
template<class Peer>
timed_case pipe_case() {
  return {"pipe1000", [](std::uint64_t n) {
            const std::uint64_t items = (n + pipe_stages - 1) / pipe_stages;
            stopwatch watch;
            const std::uint64_t sum = Peer::pipe(items, watch);
            return outcome{items * pipe_stages, watch.nanoseconds(), sum, sum_to(items) + items * pipe_stages};
          }};
}

inline std::vector<timed_case> together(std::vector<timed_case> all, const std::vector<timed_case>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace bench
