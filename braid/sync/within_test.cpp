#include "braid/sync/within.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/task_group.hpp"

using namespace std::chrono_literals;
using braid::context;

namespace {

struct boom {};

/// A context that has ended.
context ended() {
  const auto [ctx, cancel] = braid::with_cancel(context());
  cancel("before");
  return ctx;
}

}  // namespace

TEST(within, gives_what_the_operation_gives) {
  auto [tx, rx] = braid::channel<int>(1);
  EXPECT_TRUE(braid::within(context(), tx.send(1)).get());
  EXPECT_EQ(braid::within(1h, rx.recv()).get(), 1);
}

TEST(within, a_context_that_has_ended_wins_over_a_ready_operation) {
  auto [tx, rx] = braid::channel<int>(2);
  EXPECT_TRUE(tx.try_send(1));
  const context ctx = ended();
  EXPECT_THROW(static_cast<void>(braid::within(ctx, rx.recv()).get()), braid::cancelled);
  EXPECT_THROW(static_cast<void>(braid::within(ctx, tx.send(2)).get()), braid::cancelled);
  EXPECT_EQ(rx.size(), 1u);
}

TEST(within, a_ready_operation_wins_over_a_time_that_has_passed) {
  auto [tx, rx] = braid::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  EXPECT_EQ(braid::within(-1s, rx.recv()).get(), 1);
  EXPECT_TRUE(braid::within(std::chrono::steady_clock::now() - 1s, tx.send(2)).get());
}

TEST(within, a_time_that_has_passed_does_not_wait) {
  auto [tx, rx] = braid::channel<int>(0);
  EXPECT_THROW(static_cast<void>(braid::within(0s, rx.recv()).get()), braid::timed_out);
}

TEST(within, a_send_that_times_out_still_has_its_value_and_may_be_performed_again) {
  auto [tx, rx] = braid::channel<std::unique_ptr<int>>(0);
  auto out = tx.send(std::make_unique<int>(5));
  EXPECT_THROW(static_cast<void>(braid::within(1ms, out).get()), braid::timed_out);
  ASSERT_NE(out.value(), nullptr);
  std::thread t([&in = rx] { EXPECT_EQ(**in.recv().get(), 5); });
  EXPECT_TRUE(out.get());
  t.join();
}

TEST(within, a_receive_that_is_cancelled_leaves_the_value_where_it_is) {
  auto [tx, rx] = braid::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  const context ctx = ended();
  auto in = rx.recv();
  EXPECT_THROW(static_cast<void>(braid::within(ctx, in).get()), braid::cancelled);
  EXPECT_EQ(in.get(), 1);
}

TEST(within, a_cancel_wakes_a_thread_with_its_cause) {
  auto [tx, rx] = braid::channel<int>(0);
  const auto made = braid::with_cancel(context());
  std::string said;
  std::thread t([&said, &in = rx, &c = made.ctx] {
    try {
      static_cast<void>(braid::within(c, in.recv()).get());
    } catch (const braid::cancelled& e) {
      said = e.what();
    }
  });
  made.cancel("user left");
  t.join();
  EXPECT_EQ(said, "cancelled: user left");
}

TEST(within, a_deadline_of_the_context_is_timed_out) {
  auto [tx, rx] = braid::channel<int>(0);
  EXPECT_THROW(static_cast<void>(braid::within(braid::with_timeout(context(), 1ms), rx.recv()).get()),
               braid::timed_out);
}

TEST(within, times_on_the_clock_of_the_tasks_context) {
  braid::work_stealing_executor pool(1);
  braid::manual_clock clock;
  auto [tx, rx] = braid::channel<int>(0);
  std::atomic<bool> timed_out{false};
  braid::task_group group{context(braid::environment{.executor = &pool, .clock = &clock})};
  group.spawn(
      [](braid::receiver<int> in, std::atomic<bool>* out) -> braid::task<> {
        try {
          static_cast<void>(co_await braid::within(1h, in.recv()));
        } catch (const braid::timed_out&) {
          *out = true;
        }
      },
      rx, &timed_out);
  while (!timed_out) clock.advance(1min);
  group.join().get();
}

TEST(within, a_named_operation_that_has_finished_is_performed_all_the_same) {
  auto [tx, rx] = braid::channel<int>(0);
  tx.close();
  auto in = rx.recv();
  EXPECT_EQ(braid::within(context(), in).get(), std::nullopt);
  EXPECT_EQ(braid::within(context(), in).get(), std::nullopt);
  EXPECT_EQ(braid::within(1h, in).get(), std::nullopt);
}

TEST(within, rethrows_what_the_channel_was_closed_with) {
  auto [tx, rx] = braid::channel<int>(0);
  tx.close(std::make_exception_ptr(boom{}));
  EXPECT_THROW(static_cast<void>(braid::within(1h, rx.recv()).get()), boom);
}

TEST(try_within, holds_the_value) {
  auto [tx, rx] = braid::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  const auto got = braid::try_within(1h, rx.recv()).get();
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, 1);
}

TEST(try_within, holds_a_time_out) {
  auto [tx, rx] = braid::channel<int>(0);
  const auto got = braid::try_within(1ms, rx.recv()).get();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, braid::error_code::timed_out);
  EXPECT_NE(got.error().text, "");
}

TEST(try_within, holds_a_cancel_with_its_cause) {
  auto [tx, rx] = braid::channel<int>(0);
  const auto got = braid::try_within(ended(), rx.recv()).get();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, braid::error_code::cancelled);
  EXPECT_NE(got.error().text.find("before"), std::string::npos);
}

TEST(try_within, keeps_the_exception_of_a_channel_closed_with_an_error) {
  auto [tx, rx] = braid::channel<int>(0);
  tx.close(std::make_exception_ptr(boom{}));
  auto got = braid::try_within(1h, rx.recv()).get();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, braid::error_code::failed);
  EXPECT_THROW(got.value(), boom);
}

TEST(try_within, of_an_operation_without_a_result_says_only_whether_it_came) {
  const context ctx = ended();
  EXPECT_TRUE(braid::try_within(1h, ctx.done()).get());
  const context alive = braid::with_cancel(context()).ctx;
  EXPECT_FALSE(braid::try_within(1ms, alive.done()).get());
}
