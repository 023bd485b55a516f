// S2: a semaphore serves in order, and who leaves the queue holds nobody up.
#include <array>
#include <chrono>

#include "braid/runtime/select.hpp"
#include "braid/sync/semaphore.hpp"
#include "braid/sync/within.hpp"
#include "conformance/players.hpp"

namespace {

using namespace braid::conformance;
using namespace std::chrono_literals;

/// Parties that acquire from one semaphore, each known to wait before the next comes.
class semaphore_order_law : public each_player {
 protected:
  /// Someone who waits for `weight` and then keeps it until the scripts have ended.
  void wait_for(std::size_t weight, int number) {
    play.play(who,
              [this, weight, number](self me) -> script {
                braid::permit mine = co_await me(sem.acquire(weight));
                kept[static_cast<std::size_t>(number)] = std::move(mine);
                served[static_cast<std::size_t>(count++)] = number;
              })
        .wait_until_parked();
  }
  void expect_served(const std::vector<int>& expected) const {
    EXPECT_EQ(std::vector<int>(served.begin(), served.begin() + count.load()), expected);
  }

  braid::semaphore sem{4, "four"};
  std::array<braid::permit, 8> kept;
  std::array<std::atomic<int>, 8> served{};
  std::atomic<int> count{0};
};
BRAID_FOR_EACH_PLAYER(semaphore_order_law);

TEST_P(semaphore_order_law, those_who_wait_are_served_first_in_first_out) {
  braid::permit all = sem.acquire(4).get();
  for (int i = 0; i < 6; ++i) wait_for(1, i);
  for (int i = 0; i < 4; ++i) {
    static_cast<void>(all.split(1));
    while (count <= i) std::this_thread::yield();
  }
  kept[0].release();
  while (count <= 4) std::this_thread::yield();
  kept[1].release();
  play.finish();
  expect_served({0, 1, 2, 3, 4, 5});
}

TEST_P(semaphore_order_law, a_large_request_at_the_head_is_overtaken_by_nobody) {
  braid::permit three = sem.acquire(3).get();
  wait_for(3, 0);
  wait_for(1, 1);
  EXPECT_FALSE(sem.try_acquire()) << "1 is free, but somebody waits";
  auto op = sem.acquire();
  EXPECT_EQ(braid::try_select(op), braid::none);
  static_cast<void>(three.split(1));
  EXPECT_EQ(sem.held(), 2u) << "2 are free, and 3 are wanted";
  three.release();
  play.finish();
  EXPECT_EQ(sem.held(), 4u) << "both have what they asked for";
}

TEST_P(semaphore_order_law, those_behind_one_that_is_cancelled_go_on) {
  const braid::permit three = sem.acquire(3).get();
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  play.play(who,
            [&, &until = ctx](self me) -> script {
              const auto outcome = co_await me(braid::try_within(until, sem.acquire(4)));
              EXPECT_FALSE(outcome);
            })
      .wait_until_parked();
  wait_for(1, 1);
  cancel();
  play.finish();
  expect_served({1});
}

TEST_P(semaphore_order_law, those_behind_one_that_loses_its_select_go_on) {
  const braid::permit three = sem.acquire(3).get();
  braid::semaphore other(1);
  braid::permit one = other.acquire().get();
  play.play(who,
            [&](self me) -> script {
              auto large = sem.acquire(4);
              auto small = other.acquire();
              const std::size_t winner = co_await me(braid::select(large, small));
              EXPECT_EQ(winner, 1u);
            })
      .wait_until_parked();
  wait_for(1, 1);
  one.release();
  play.finish();
  expect_served({1});
}

TEST_P(semaphore_order_law, those_behind_one_that_times_out_go_on) {
  const braid::permit three = sem.acquire(3).get();
  braid::manual_clock clock;
  play.play(who,
            [&](self me) -> script {
              auto large = sem.acquire(4);
              braid::after late(clock, 1s);
              const std::size_t winner = co_await me(braid::select(large, late));
              EXPECT_EQ(winner, 1u);
            })
      .wait_until_parked();
  wait_for(1, 1);
  clock.advance(1s);
  play.finish();
  expect_served({1});
}

TEST_P(semaphore_order_law, one_that_left_is_skipped_and_takes_nothing) {
  braid::permit all = sem.acquire(4).get();
  braid::semaphore other(1);
  braid::permit one = other.acquire().get();
  play.play(who,
            [&](self me) -> script {
              auto here = sem.acquire(2);
              auto there = other.acquire();
              const std::size_t winner = co_await me(braid::select(here, there));
              EXPECT_EQ(winner, 1u);
            })
      .wait_until_parked();
  wait_for(4, 1);
  one.release();
  all.release();
  play.finish();
  EXPECT_EQ(sem.held(), 4u);
}

TEST_P(semaphore_order_law, a_resize_that_refuses_the_head_serves_those_behind) {
  const braid::permit two = sem.acquire(2).get();
  std::string text;
  play.play(who,
            [&](self me) -> script {
              try {
                static_cast<void>(co_await me(sem.acquire(4)));
              } catch (const braid::limit_exceeded& e) {
                text = e.what();
              }
            })
      .wait_until_parked();
  wait_for(1, 1);
  sem.resize(3);
  play.finish();
  EXPECT_EQ(text.find("acquire(4) of semaphore 'four' can never be: the capacity is 3"), 0u) << text;
  expect_served({1});
}

}  // namespace
