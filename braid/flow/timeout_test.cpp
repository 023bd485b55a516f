#include "braid/flow/timeout.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ranges>
#include <vector>

#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;
using std::views::iota;

TEST(timeout, ends_a_coroutine_where_it_waits) {
  const auto waits = [](int x) -> braid::task<int> {
    if (x == 2) co_await braid::after(1h);
    co_return x;
  };
  std::vector<int> got;
  EXPECT_THROW(
      braid::from(iota(0, 5)) | braid::map(2, braid::timeout(20ms, waits), braid::ordered) | braid::collect_into(got),
      braid::timed_out);
  EXPECT_EQ(got, (std::vector<int>{0, 1}));
}

TEST(timeout, ends_a_plain_function_where_it_waits_through_braid) {
  const auto waits = [](int x) {
    if (x == 2) braid::after(1h).get();
    return x;
  };
  std::vector<int> got;
  EXPECT_THROW(
      braid::from(iota(0, 5)) | braid::map(2, braid::timeout(20ms, waits), braid::ordered) | braid::collect_into(got),
      braid::timed_out);
  EXPECT_EQ(got, (std::vector<int>{0, 1}));
}

TEST(timeout, gives_the_function_a_context_to_look_at) {
  const auto asks = [](const braid::context& ctx, int) { return ctx.deadline().has_value(); };
  EXPECT_TRUE(braid::from(iota(0, 3)) | braid::map(braid::timeout(1h, asks)) | braid::all_of(std::identity{}));
}

}  // namespace
