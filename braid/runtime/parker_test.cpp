#include "braid/runtime/parker.hpp"

#include <gtest/gtest.h>

#include <thread>

using namespace std::chrono_literals;
using braid::detail::parker;

TEST(parker, an_unpark_before_the_park_is_not_lost) {
  parker p;
  p.unpark();
  p.park();
}

TEST(parker, several_unparks_count_as_one) {
  parker p;
  p.unpark();
  p.unpark();
  p.park();
  EXPECT_FALSE(p.park_until(std::chrono::steady_clock::now()));
}

TEST(parker, park_until_gives_up_at_its_deadline) {
  parker p;
  const auto deadline = std::chrono::steady_clock::now() + 2ms;
  EXPECT_FALSE(p.park_until(deadline));
  EXPECT_GE(std::chrono::steady_clock::now(), deadline);
}

TEST(parker, park_until_takes_a_token_that_is_there_although_its_deadline_has_passed) {
  parker p;
  p.unpark();
  EXPECT_TRUE(p.park_until(std::chrono::steady_clock::now() - 1s));
}

TEST(parker, a_park_after_a_deadline_that_passed_waits_for_a_fresh_token) {
  parker p;
  EXPECT_FALSE(p.park_until(std::chrono::steady_clock::now()));
  std::thread t([&] { p.unpark(); });
  p.park();
  t.join();
}

TEST(parker, two_threads_hand_a_turn_back_and_forth) {
  parker ping, pong;
  int turns = 0;
  std::thread t([&] {
    for (int i = 0; i < 10000; ++i) {
      ping.park();
      ++turns;
      pong.unpark();
    }
  });
  for (int i = 0; i < 10000; ++i) {
    ping.unpark();
    pong.park();
    EXPECT_EQ(turns, i + 1);
  }
  t.join();
}

TEST(parker, the_sleeper_may_destroy_it_as_soon_as_it_is_woken) {
  for (int i = 0; i < 2000; ++i) {
    auto p = std::make_unique<parker>();
    std::thread t([where = p.get()] { where->unpark(); });
    p->park();
    p.reset();
    t.join();
  }
}
