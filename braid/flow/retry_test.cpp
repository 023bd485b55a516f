#include "braid/flow/retry.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ranges>
#include <stdexcept>
#include <vector>

#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/flow/timeout.hpp"
#include "braid/sync/limited_task.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;
using std::views::iota;

struct flaky : std::runtime_error {
  flaky() : std::runtime_error("flaky") {}
};
constexpr braid::retry_policy at_once{.retries = 3, .first = 1ns};

TEST(retry, calls_a_function_again_until_it_succeeds) {
  std::atomic<int> calls = 0;
  const auto third_time = [&](int x) {
    if (++calls % 3 != 0) throw flaky();
    return x;
  };
  EXPECT_EQ(braid::from(iota(0, 5)) | braid::map(braid::retry(at_once, third_time)) | braid::reduce(0, std::plus{}),
            10);
  EXPECT_EQ(calls, 15);
}

TEST(retry, throws_the_last_failure) {
  std::atomic<int> calls = 0;
  const auto never = [&](int) -> int {
    ++calls;
    throw flaky();
  };
  EXPECT_THROW(braid::from(iota(0, 1)) | braid::map(2, braid::retry(at_once, never)) | braid::count(), flaky);
  EXPECT_EQ(calls, 4);
}

TEST(retry, calls_a_coroutine_again) {
  std::atomic<int> calls = 0;
  const auto third_time = [&](int x) -> braid::task<int> {
    if (++calls % 3 != 0) throw flaky();
    co_return x;
  };
  EXPECT_EQ(braid::from(iota(0, 5)) | braid::map(1, braid::retry(at_once, third_time)) | braid::reduce(0, std::plus{}),
            10);
  EXPECT_EQ(calls, 15);
}

TEST(retry, gives_up_when_its_context_ends) {
  auto [ctx, cancel] = braid::with_cancel();
  std::atomic<int> calls = 0;
  const auto cancels = [&, &end = cancel](int) -> int {
    ++calls;
    end("enough");
    throw flaky();
  };
  EXPECT_ANY_THROW(braid::from(iota(0, 1)) | braid::map(2, braid::retry(at_once, cancels)) | braid::count(ctx));
  EXPECT_EQ(calls, 1);
}

TEST(retry, takes_a_timeout_for_a_failure_of_one_try) {
  std::atomic<int> calls = 0;
  const auto second_time = [&](int x) -> braid::task<int> {
    if (++calls == 1) co_await braid::after(1h);
    co_return x;
  };
  const auto f = braid::retry(at_once, braid::timeout(10ms, second_time));
  EXPECT_EQ(braid::from(iota(7, 8)) | braid::map(4, f) | braid::first(1), std::vector<int>{7});
  EXPECT_EQ(calls, 2);
}

TEST(call, applies_a_decorated_function_to_one_item) {
  std::atomic<int> calls{0};
  const auto third_time = [&](int x) {
    if (++calls % 3 != 0) throw std::runtime_error("flaky");
    return 2 * x;
  };
  const auto again = braid::retry(at_once, braid::timeout(1h, third_time));
  EXPECT_EQ(braid::call(again, 4), 8);
  EXPECT_EQ(calls, 3);
  const auto coroutine = [&](int x) -> braid::task<int> {
    if (++calls % 3 != 0) co_await braid::after(24h);
    co_return 3 * x;
  };
  const auto task_again = braid::retry(at_once, braid::timeout(1ms, coroutine));
  EXPECT_EQ(braid::call(task_again, 4).get(), 12);
  EXPECT_EQ(calls, 6);
}

}  // namespace
