#include "braid/sync/first_of.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/context.hpp"
#include "braid/sync/limited_task.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;

/// Answers after a while, or fails then; counts its cancel.
struct mirror {
  std::string name;
  braid::duration takes;
  bool fails = false;
  std::atomic<int>* cancelled = nullptr;
  braid::task<std::string> operator()() const {
    try {
      co_await braid::after(takes);
    } catch (const braid::cancelled&) {
      if (cancelled) ++*cancelled;
      throw;
    }
    if (fails) throw std::runtime_error(name + " is broken");
    co_return name;
  }
};

TEST(first_of, gives_the_first_success_and_has_ended_the_others) {
  std::atomic<int> cancelled{0};
  const mirror slow{"slow", 24h, false, &cancelled}, quick{"quick", 1ms}, slower{"slower", 48h, false, &cancelled};
  EXPECT_EQ(braid::first_of(slow, quick, slower).get(), "quick");
  EXPECT_EQ(cancelled, 2);
}

TEST(first_of, a_failure_does_not_end_the_others) {
  const mirror broken{"broken", 0ms, true}, good{"good", 2ms};
  EXPECT_EQ(braid::first_of(broken, good).get(), "good");
}

TEST(first_of, throws_the_first_failure_if_none_succeeds) {
  std::string thrown;
  const mirror late{"late", 5ms, true}, early{"early", 0ms, true};
  try {
    static_cast<void>(braid::first_of(late, early).get());
  } catch (const std::runtime_error& why) {
    thrown = why.what();
  }
  EXPECT_NE(thrown.find("early is broken"), std::string::npos) << thrown;
}

TEST(first_of, a_loser_that_makes_up_an_answer_when_it_is_cancelled_is_not_the_first) {
  const auto makes_up = []() -> braid::task<std::string> {
    std::string answer = "in time";
    try {
      co_await braid::after(24h);
    } catch (const braid::cancelled&) {
      answer = "made up";
    }
    co_return answer;
  };
  const mirror quick{"quick", 1ms};
  EXPECT_EQ(braid::first_of(makes_up, quick, makes_up).get(), "quick");
}

TEST(first_of, of_plain_functions_that_all_run_to_their_end_the_first_to_return_wins) {
  std::atomic<bool> other_has_returned{false};
  const auto waits = [&] {
    while (!other_has_returned) std::this_thread::yield();
    std::this_thread::yield();
    return 1;
  };
  const auto returns = [&] {
    other_has_returned = true;
    return 2;
  };
  for (int round = 0; round < 20; ++round) {
    other_has_returned = false;
    const int first = braid::first_of(braid::blocking(waits), returns).get();
    EXPECT_TRUE(first == 1 ||
                first == 2);  // both are about to return: which one notes it first is the machine's choice
  }
}

TEST(first_of, a_function_that_blocks_takes_no_worker) {
  braid::work_stealing_executor one(1);
  braid::task_group group(braid::context(braid::environment{.executor = &one}));
  std::atomic<bool> may_end{false};
  const auto blocks = braid::blocking([&] {
    while (!may_end) std::this_thread::yield();
    return 1;
  });
  const auto answers = [&]() -> braid::task<int> {
    co_await braid::after(1ms);
    may_end = true;
    co_return 2;
  };
  auto first = group.async([&] { return braid::first_of(blocks, answers); });
  group.wait();
  EXPECT_GE(first.result(), 1);
}

TEST(first_of, runs_under_the_limit_of_the_task_that_awaits_it) {
  const mirror a{"a", 24h}, b{"b", 24h};
  EXPECT_THROW(static_cast<void>(braid::within(1ms, braid::first_of(a, b)).get()), braid::timed_out);
}

TEST(first_of, takes_a_number_of_functions_that_is_known_at_run_time) {
  std::vector<std::function<int()>> functions;
  for (int i = 0; i < 5; ++i) functions.push_back([i] { return i == 3 ? i : throw std::runtime_error("no"); });
  EXPECT_EQ(braid::first_of(std::move(functions)).get(), 3);
  EXPECT_THROW(static_cast<void>(braid::first_of(std::vector<std::function<int()>>()).get()), std::runtime_error);
}

TEST(first_of, functions_may_give_nothing) {
  std::atomic<int> calls{0};
  braid::first_of([&] { ++calls; }, [&] { ++calls; }).get();
  EXPECT_GE(calls, 1);
}

TEST(first_of, moves_what_cannot_be_copied) {
  const auto makes = [] { return std::make_unique<int>(4); };
  EXPECT_EQ(*braid::first_of(makes, makes).get(), 4);
}

TEST(first_of, a_cancel_from_above_is_thrown) {
  braid::task_group group(braid::with_timeout(1ms));
  const mirror a{"a", 24h}, b{"b", 24h};
  auto asks = group.async([&] { return braid::first_of(a, b); });
  EXPECT_THROW(group.wait(), braid::timed_out);
  EXPECT_FALSE(asks.has_value());
}

}  // namespace
