#include "braid/runtime/clock.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <thread>
#include <vector>

#include "braid/runtime/parker.hpp"
#include "braid/runtime/performer.hpp"

using namespace std::chrono_literals;

namespace {

/// Notes when it fires; act() calls back if asked to.
class noting_timer final : public braid::detail::timer {
 public:
  noting_timer(braid::clock& clock, std::vector<int>& log, int name, braid::duration wait)
      : clock_(clock), log_(log), name_(name) {
    clock.get_ready();
    set_due(clock.now() + wait);
  }
  ~noting_timer() { disarm(); }
  void arm(const braid::detail::performer* waiting = nullptr) {
    braid::detail::wake_chain wakes;
    braid::detail::spin_guard guard(clock_.lock());
    clock_.arm(*this, wakes, waiting);
  }
  void disarm() {
    braid::detail::spin_guard guard(clock_.lock());
    clock_.disarm(*this);
  }
  std::function<void()> on_act;

 private:
  bool expire(braid::detail::wake_chain&) noexcept override {
    log_.push_back(name_);
    return on_act != nullptr;
  }
  void act() noexcept override { on_act(); }

  braid::clock& clock_;
  std::vector<int>& log_;
  const int name_;
};

/// Goes on in one step over times at which several timers become due.
class late_clock final : public braid::clock {
 public:
  braid::time_point now() const noexcept override { return now_; }
  void go_on(braid::duration by) {
    now_ += by;
    fire(now_);
  }

 private:
  braid::time_point now_{};
};

}  // namespace

TEST(clock, of_the_due_timers_of_one_select_the_first_that_it_armed_expires_first) {
  late_clock clock;
  std::vector<int> log;
  const auto* me = &braid::detail::performer::current();
  noting_timer late(clock, log, 1, 5s), first(clock, log, 2, 3s), second(clock, log, 3, 1s), other(clock, log, 4, 2s);
  late.arm(me), first.arm(me), second.arm(me), other.arm();
  clock.go_on(4s);
  EXPECT_EQ(log, (std::vector<int>{2, 3, 4}));
  clock.go_on(1s);
  EXPECT_EQ(log, (std::vector<int>{2, 3, 4, 1}));
}

TEST(clock, a_timer_of_a_select_that_is_disarmed_is_forgotten_by_the_others) {
  late_clock clock;
  std::vector<int> log;
  const auto* me = &braid::detail::performer::current();
  noting_timer c(clock, log, 3, 1s);
  {
    noting_timer a(clock, log, 1, 1s), b(clock, log, 2, 1s);
    a.arm(me), b.arm(me), c.arm(me);
    b.disarm();
    a.disarm();
  }
  noting_timer d(clock, log, 4, 1s);
  c.disarm(), d.arm(me), c.arm(me);
  clock.go_on(1s);
  EXPECT_EQ(log, (std::vector<int>{4, 3}));
}

TEST(manual_clock, stands_still_until_it_is_advanced) {
  braid::manual_clock clock;
  const braid::time_point start = clock.now();
  EXPECT_EQ(clock.now(), start);
  clock.advance(5s);
  EXPECT_EQ(clock.now(), start + 5s);
}

TEST(manual_clock, fires_earliest_first_whatever_the_order_of_arming) {
  braid::manual_clock clock;
  std::vector<int> log;
  noting_timer c(clock, log, 3, 3s), a(clock, log, 1, 1s), b(clock, log, 2, 2s);
  c.arm(), a.arm(), b.arm();
  clock.advance(10s);
  EXPECT_EQ(log, (std::vector{1, 2, 3}));
}

TEST(manual_clock, fires_what_is_due_exactly_now_and_nothing_later) {
  braid::manual_clock clock;
  std::vector<int> log;
  noting_timer a(clock, log, 1, 1s), b(clock, log, 2, 1s + 1ns);
  a.arm(), b.arm();
  clock.advance(1s);
  EXPECT_EQ(log, (std::vector{1}));
  clock.advance(1ns);
  EXPECT_EQ(log, (std::vector{1, 2}));
}

TEST(manual_clock, shows_each_deadline_as_the_time_while_it_fires) {
  braid::manual_clock clock;
  const braid::time_point start = clock.now();
  std::vector<int> log;
  std::vector<braid::duration> seen;
  noting_timer a(clock, log, 1, 1s), b(clock, log, 2, 4s);
  a.on_act = b.on_act = [&] { seen.push_back(clock.now() - start); };
  a.arm(), b.arm();
  clock.advance(10s);
  EXPECT_EQ(seen, (std::vector<braid::duration>{1s, 4s}));
  EXPECT_EQ(clock.now(), start + 10s);
}

TEST(manual_clock, one_advance_fires_a_timer_that_is_armed_while_it_runs) {
  braid::manual_clock clock;
  std::vector<int> log;
  noting_timer a(clock, log, 1, 1s), b(clock, log, 2, 2s);
  a.on_act = [&] { b.arm(); };
  a.arm();
  clock.advance(3s);
  EXPECT_EQ(log, (std::vector{1, 2}));
}

TEST(manual_clock, a_disarmed_timer_does_not_fire) {
  braid::manual_clock clock;
  std::vector<int> log;
  noting_timer a(clock, log, 1, 1s), b(clock, log, 2, 2s), c(clock, log, 3, 3s);
  a.arm(), b.arm(), c.arm();
  b.disarm();
  clock.advance(10s);
  EXPECT_EQ(log, (std::vector{1, 3}));
}

TEST(manual_clock, a_timer_that_has_fired_may_be_armed_again) {
  braid::manual_clock clock;
  std::vector<int> log;
  noting_timer a(clock, log, 1, 1s);
  a.arm();
  clock.advance(1s);
  a.set_due(clock.now() + 1s);
  a.arm();
  clock.advance(1s);
  EXPECT_EQ(log, (std::vector{1, 1}));
}

TEST(real_clock, is_the_steady_clock) {
  const braid::time_point before = std::chrono::steady_clock::now();
  const braid::time_point now = braid::real_clock().now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, std::chrono::steady_clock::now());
}

TEST(real_clock, fires_no_sooner_than_due_and_soon_after) {
  std::vector<int> log;
  braid::detail::parker fired;
  noting_timer a(braid::real_clock(), log, 1, 3ms);
  a.on_act = [&] { fired.unpark(); };
  const braid::time_point due = a.due();
  a.arm();
  fired.park();
  const braid::time_point now = std::chrono::steady_clock::now();
  EXPECT_GE(now, due);
  EXPECT_LT(now, due + 2s);  // generous: the machine may be busy
}

TEST(real_clock, an_earlier_deadline_overtakes_one_that_is_slept_for) {
  std::vector<int> log;
  braid::detail::parker fired;
  noting_timer late(braid::real_clock(), log, 1, 1h), soon(braid::real_clock(), log, 2, 1ms);
  soon.on_act = [&] { fired.unpark(); };
  late.arm();
  soon.arm();
  fired.park();
  late.disarm();
  EXPECT_EQ(log, (std::vector{2}));
}
