#include "braid/sync/scope.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>

#include "braid/sync/by_hand_test.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/limited_task.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;

struct scope_boom : std::runtime_error {
  scope_boom() : std::runtime_error("boom") {}
};

/// Waits for a day, and counts its end.
braid::task<> long_child(std::atomic<int>* ended) {
  try {
    co_await braid::after(24h);
  } catch (const braid::cancelled&) {
    ++*ended;
    throw;
  }
}

TEST(scope, gives_the_value_of_its_body_when_all_children_have_ended) {
  std::atomic<int> done{0};
  const std::string text = braid::scope([&](braid::task_group& group) -> braid::task<std::string> {
                             for (int i = 0; i < 10; ++i) group.spawn([&] { ++done; });
                             auto one = group.async([] { return 7; });
                             const int seven = co_await one;
                             co_return std::to_string(seven);
                           }).get();
  EXPECT_EQ(text, "7");
  EXPECT_EQ(done, 10);
}

TEST(scope, takes_a_plain_body_and_one_without_a_value) {
  int calls = 0;
  EXPECT_EQ(braid::scope([&](braid::task_group&) { return ++calls; }).get(), 1);
  braid::scope([&](braid::task_group&) -> braid::task<> {
    ++calls;
    co_return;
  }).get();
  EXPECT_EQ(calls, 2);
}

TEST(scope, a_body_that_throws_cancels_the_children_and_waits_for_them) {
  std::atomic<int> ended{0};
  auto fails = braid::scope([&](braid::task_group& group) -> braid::task<> {
    auto begun = braid::channel<int>(0);
    group.spawn(
        [](braid::sender<int> out, std::atomic<int>* count) -> braid::task<> {
          if (const bool sent = co_await out.send(1); !sent) co_return;
          auto below = long_child(count);
          co_await below;
        },
        std::move(begun.tx), &ended);
    static_cast<void>(co_await begun.rx.recv());
    throw scope_boom();
  });
  EXPECT_THROW(std::move(fails).get(), scope_boom);
  EXPECT_EQ(ended, 1);
}

TEST(scope, a_child_that_throws_ends_the_wait_of_the_body) {
  bool body_saw_it = false;
  auto fails = braid::scope([&](braid::task_group& group) -> braid::task<> {
    group.spawn([] { throw scope_boom(); });
    try {
      co_await braid::after(24h);
    } catch (const braid::cancelled&) {
      body_saw_it = true;
      throw;
    }
  });
  EXPECT_THROW(std::move(fails).get(), scope_boom);
  EXPECT_TRUE(body_saw_it);
}

TEST(scope, a_cancel_from_above_ends_body_and_children_and_is_thrown) {
  by_hand world;
  std::atomic<int> ended{0};
  std::string thrown;
  world.group.spawn([&]() -> braid::task<> {
    auto inner = braid::scope([&](braid::task_group& group) -> braid::task<> {
      group.spawn(long_child, &ended);
      auto below = long_child(&ended);
      co_await below;
    });
    try {
      co_await inner;
    } catch (const braid::cancelled& why) {
      thrown = why.what();
      throw;
    }
  });
  world.hand.run();
  world.group.cancel("enough");
  world.hand.run();
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(thrown, "cancelled: enough");
}

TEST(scope, runs_under_the_context_that_it_is_given) {
  std::atomic<int> ended{0};
  auto late = braid::scope(braid::with_timeout(1ms), [&](braid::task_group&) { return long_child(&ended); });
  EXPECT_THROW(std::move(late).get(), braid::timed_out);
  EXPECT_EQ(ended, 1);
}

TEST(scope, runs_under_the_limit_of_the_task_that_awaits_it) {
  std::atomic<int> ended{0};
  auto late = braid::scope([&](braid::task_group&) { return long_child(&ended); });  // made outside of the limit
  EXPECT_THROW(braid::within(1ms, std::move(late)).get(), braid::timed_out);
  EXPECT_EQ(ended, 1);
}

TEST(scope, a_body_under_a_context_that_has_ended_is_not_called) {
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  cancel("before");
  bool called = false;
  EXPECT_THROW(braid::scope(ctx, [&](braid::task_group&) { called = true; }).get(), braid::cancelled);
  EXPECT_FALSE(called);
}

TEST(scope, a_body_that_cancels_its_group_is_cancelled_with_it) {
  auto cancels = braid::scope([](braid::task_group& group) -> braid::task<> {
    group.cancel("by its body");
    co_await braid::after(24h);
  });
  EXPECT_THROW(std::move(cancels).get(), braid::cancelled);
}

TEST(scope, scopes_nest) {
  const auto inner = [](int n) {
    return braid::scope([n](braid::task_group& group) -> braid::task<int> {
      auto twice = group.async([n] { return 2 * n; });
      const int value = co_await twice;
      co_return value;
    });
  };
  const int sum = braid::scope([&](braid::task_group& group) -> braid::task<int> {
                    auto a = group.async(inner, 1);
                    auto b = group.async(inner, 2);
                    const int first = co_await a;
                    const int second = co_await b;
                    co_return first + second;
                  }).get();
  EXPECT_EQ(sum, 6);
}

}  // namespace
