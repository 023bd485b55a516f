#include "braid/flow/concurrency_controller.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "braid/flow/load_model_test.hpp"

namespace {

using braid::detail::concurrency_controller;
using load_model::load;
using load_model::machine;

constexpr std::size_t cpus = 2;
constexpr double second = 1e6;  // of the model, whose unit is a microsecond

const std::map<std::string, load> loads{
    {"computes 50 us", {50, 0}},
    {"computes 5 ms", {5'000, 0}},
    {"waits 10 ms", {0, 10'000}},
    {"computes 1 ms and waits 9 ms", {1'000, 9'000}},
};

/// Items in a second, with as many workers all the time.
double rate_with(const load& of, std::size_t workers) {
  const double from = 0.2 * second, to = 0.7 * second;
  machine model(of, 1);
  int done = 0;
  while (model.now() < to) {
    while (model.running() < workers) model.start_item();
    model.finish_one();
    if (model.now() >= from && model.now() < to) ++done;
  }
  return done * second / (to - from);
}
/// With the best number of workers from 1 to 64.
double best_rate(const std::string& name) {
  static std::map<std::string, double> known;
  double& best = known[name];
  if (best > 0) return best;
  for (std::size_t workers = 1; workers <= concurrency_controller::most; ++workers)
    best = std::max(best, rate_with(loads.at(name), workers));
  return best;
}

/// A stage on that machine whose controller is told what a stage tells it.
class stage {
 public:
  stage(const load& of, std::uint64_t seed) : model_(of, seed), left_(controller_.due()) {}

  void change_to(const load& other) noexcept { model_.change_to(other); }
  void run_for(double time) {
    done_ = 0;
    widest_ = 0;
    time_at_.clear();
    for (const double end = model_.now() + time; model_.now() < end;) do_one();
  }
  int done() const noexcept { return done_; }
  std::size_t widest() const noexcept { return widest_; }
  /// The part of the time that it spent at the width that it was at for longest.
  double part_of_time_at_one_width() const {
    double all = 0, longest = 0;
    for (const auto& [width, time] : time_at_) {
      all += time;
      longest = std::max(longest, time);
    }
    return longest / all;
  }

 private:
  void do_one() {
    const double before = model_.now();
    while (model_.running() < controller_.width()) model_.start_item();
    model_.finish_one();
    ++done_;
    widest_ = std::max(widest_, controller_.width());
    time_at_[controller_.width()] += model_.now() - before;
    if (--left_ > 0) return;
    controller_.observe(std::chrono::nanoseconds(static_cast<std::int64_t>(1000 * model_.now())), {});
    left_ = controller_.due();
  }

  machine model_;
  concurrency_controller controller_{cpus};
  std::size_t left_;
  int done_ = 0;
  std::size_t widest_ = 0;
  std::map<std::size_t, double> time_at_;
};

/// After a second, is it within a part of the best over the next one?
void expect_near_best(const std::string& first, const std::string& then, double part) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    stage adaptive(loads.at(first), seed);
    if (first != then) adaptive.run_for(second);
    adaptive.change_to(loads.at(then));
    adaptive.run_for(second);
    adaptive.run_for(second);
    EXPECT_GE(adaptive.done(), part * best_rate(then)) << first << ", then " << then << ", seed " << seed;
  }
}

TEST(load_model, computes_best_with_as_many_as_there_are_cpus_and_waits_best_with_all) {
  for (const char* computes : {"computes 50 us", "computes 5 ms"}) {
    EXPECT_LT(rate_with(loads.at(computes), 1), 0.6 * best_rate(computes));
    EXPECT_GT(rate_with(loads.at(computes), 2), 0.95 * best_rate(computes));
    EXPECT_LT(rate_with(loads.at(computes), 64), 0.7 * best_rate(computes));
  }
  EXPECT_NEAR(rate_with(loads.at("waits 10 ms"), 64), 6'400, 200);
  EXPECT_LT(rate_with(loads.at("computes 1 ms and waits 9 ms"), 10), 0.6 * best_rate("computes 1 ms and waits 9 ms"));
  EXPECT_LT(rate_with(loads.at("computes 1 ms and waits 9 ms"), 64), 0.8 * best_rate("computes 1 ms and waits 9 ms"));
}

TEST(concurrency_controller, comes_within_15_percent_of_the_best_fixed_width_in_a_second) {
  for (const auto& [name, of] : loads) expect_near_best(name, name, 0.85);
}

TEST(concurrency_controller, follows_a_load_that_changes_from_waiting_to_computing) {
  expect_near_best("waits 10 ms", "computes 5 ms", 0.85);
  expect_near_best("waits 10 ms", "computes 50 us", 0.85);
  expect_near_best("computes 1 ms and waits 9 ms", "computes 5 ms", 0.85);
  expect_near_best("computes 1 ms and waits 9 ms", "computes 50 us", 0.85);
}

TEST(concurrency_controller, follows_a_load_that_changes_from_computing_to_waiting) {
  expect_near_best("computes 5 ms", "waits 10 ms", 0.85);
  expect_near_best("computes 50 us", "waits 10 ms", 0.85);
  expect_near_best("computes 1 ms and waits 9 ms", "waits 10 ms", 0.85);
}

TEST(concurrency_controller, finds_the_knee_of_a_load_that_changes_to_a_mixture) {
  for (const char* first : {"computes 50 us", "computes 5 ms", "waits 10 ms"})
    expect_near_best(first, "computes 1 ms and waits 9 ms", 0.85);
}

TEST(concurrency_controller, stays_where_it_is_best_and_does_not_run_away) {
  for (const char* computes : {"computes 50 us", "computes 5 ms"}) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      stage adaptive(loads.at(computes), seed);
      adaptive.run_for(second);
      EXPECT_LE(adaptive.widest(), 2 * cpus + 2) << computes << ", seed " << seed;
      adaptive.run_for(4 * second);
      EXPECT_LE(adaptive.widest(), 2 * cpus) << computes << ", seed " << seed;
      EXPECT_GE(adaptive.part_of_time_at_one_width(), 0.8) << computes << ", seed " << seed;
    }
  }
}

TEST(concurrency_controller, keeps_its_width_while_input_is_wanting) {
  concurrency_controller c(4);
  std::chrono::nanoseconds now{0}, starved{0};
  for (int call = 0; call < 1'000; ++call) {
    now += std::chrono::milliseconds(call % 7 == 0 ? 100 : 10);
    starved += std::chrono::milliseconds(call % 7 == 0 ? 90 : 4);
    c.observe(now, starved);
    ASSERT_EQ(c.width(), 4u);
    ASSERT_GE(c.due(), 1u);
  }
}

TEST(concurrency_controller, stays_within_its_bounds_whatever_it_is_told) {
  braid::random_engine random(7);
  for (const std::size_t start : {0u, 1u, 64u, 1'000u}) {
    concurrency_controller c(start);
    std::chrono::nanoseconds now{0}, starved{0};
    for (int call = 0; call < 100'000; ++call) {
      ASSERT_GE(c.width(), 1u);
      ASSERT_LE(c.width(), concurrency_controller::most);
      ASSERT_GE(c.due(), 1u);
      ASSERT_LE(c.due(), 2 * concurrency_controller::most);
      const std::chrono::nanoseconds later(random.below(1u << random.below(32)));
      now += later;
      if (random.below(8) == 0) starved += later;
      c.observe(now, starved);
    }
  }
}

}  // namespace
