#include "braid/runtime/repeating_timer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace {

using std::chrono::microseconds;

struct counting final : braid::detail::repeating_timer::owner {
  explicit counting(int times) : left(times) {}
  std::optional<microseconds> on_time() noexcept override {
    running = true;
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    running = false;
    ++calls;
    if (--left == 0) return std::nullopt;
    return microseconds(10);
  }
  int left;
  std::atomic<int> calls{0};
  std::atomic<bool> running{false};
};

TEST(repeating_timer, calls_as_often_as_it_is_told) {
  counting owner(3);
  const auto timer = std::make_shared<braid::detail::repeating_timer>(owner);
  timer->arm(microseconds(10));
  while (owner.calls < 3) std::this_thread::yield();
  counting other(1);  // is called later than a fourth call would have come
  const auto later = std::make_shared<braid::detail::repeating_timer>(other);
  later->arm(microseconds(5000));
  while (other.calls == 0) std::this_thread::yield();
  EXPECT_EQ(owner.calls, 3);
  timer->dismiss();
  later->dismiss();
}

TEST(repeating_timer, does_not_touch_its_owner_after_a_dismissal) {
  for (int round = 0; round < 200; ++round) {
    counting owner(1'000'000);
    const auto timer = std::make_shared<braid::detail::repeating_timer>(owner);
    timer->arm(microseconds(10));
    while (owner.calls < round % 3) std::this_thread::yield();
    timer->dismiss();
    const int calls = owner.calls;
    EXPECT_FALSE(owner.running);
    for (int i = 0; i < 100; ++i) std::this_thread::yield();
    EXPECT_EQ(owner.calls, calls);
  }
}

}  // namespace
