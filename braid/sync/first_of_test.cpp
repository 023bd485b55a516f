#include "braid/sync/first_of.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>

#include "braid/sync/context.hpp"
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
  auto quick = braid::first_of(mirror{"slow", 24h, false, &cancelled}, mirror{"quick", 1ms},
                               mirror{"slower", 48h, false, &cancelled});
  EXPECT_EQ(std::move(quick).get(), "quick");
  EXPECT_EQ(cancelled, 2);
}

TEST(first_of, a_failure_does_not_end_the_others) {
  auto late = braid::first_of(mirror{"broken", 0ms, true}, mirror{"good", 2ms});
  EXPECT_EQ(std::move(late).get(), "good");
}

TEST(first_of, throws_the_first_failure_if_none_succeeds) {
  std::string thrown;
  try {
    static_cast<void>(braid::first_of(mirror{"late", 5ms, true}, mirror{"early", 0ms, true}).get());
  } catch (const std::runtime_error& why) {
    thrown = why.what();
  }
  EXPECT_NE(thrown.find("early is broken"), std::string::npos) << thrown;
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

TEST(first_of, a_cancel_from_above_is_thrown) {
  braid::task_group group(braid::with_timeout(1ms));
  auto asks = group.async([] { return braid::first_of(mirror{"a", 24h}, mirror{"b", 24h}); });
  EXPECT_THROW(group.wait(), braid::timed_out);
  EXPECT_FALSE(asks.has_value());
}

}  // namespace
