#include "braid/sync/select_on.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "braid/sync/broadcast.hpp"
#include "braid/sync/by_hand_test.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/semaphore.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;

TEST(select_on, calls_the_function_of_the_case_that_won_with_its_result) {
  auto [tx, rx] = braid::channel<int>(1);
  EXPECT_TRUE(tx.try_send(7));
  int got = 0;
  EXPECT_TRUE(braid::select(braid::on(rx.recv(), [&](std::optional<int> v) { got = v.value(); }),
                            braid::on(braid::after(24h), [] { ADD_FAILURE(); }))
                  .get());
  EXPECT_EQ(got, 7);
  bool ticked = false;
  EXPECT_TRUE(braid::select(braid::on(rx.recv(), [](const auto&) { ADD_FAILURE(); }),
                            braid::on(braid::after(1ms), [&] { ticked = true; }))
                  .get());
  EXPECT_TRUE(ticked);
  EXPECT_TRUE(tx.try_send(8)) << "the receive that lost waits no more";
  EXPECT_EQ(rx.size(), 1u);
}

TEST(select_on, gives_what_the_function_returned) {
  auto [tx, rx] = braid::channel<std::unique_ptr<int>>(1);
  EXPECT_TRUE(tx.try_send(std::make_unique<int>(4)));
  const std::optional<std::string> text =
      braid::select(braid::on(rx.recv(), [](std::optional<std::unique_ptr<int>> v) { return std::to_string(**v); }),
                    braid::on(braid::after(24h), [] { return std::string("late"); }))
          .get();
  EXPECT_EQ(text, "4");
}

TEST(select_on, a_send_that_loses_keeps_its_value_since_it_has_a_name) {
  auto [tx, rx] = braid::channel<std::unique_ptr<int>>(0);
  auto out = tx.send(std::make_unique<int>(5));
  EXPECT_EQ(braid::select(braid::on(out, [](bool sent) { return sent ? 1 : 2; }),
                          braid::on(braid::after(1ms), [] { return 3; }))
                .get(),
            3);
  ASSERT_TRUE(out.value());
  EXPECT_EQ(*out.value(), 5);
}

TEST(select_on, in_the_given_order_the_first_ready_case_wins) {
  auto [tx, rx] = braid::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  const auto first = [](std::optional<int>) { return 'r'; };
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(
        braid::select(braid::biased, braid::on(braid::after(0ns), [] { return 'a'; }), braid::on(rx.recv(), first))
            .get(),
        'a');
  }
}

TEST(select_on, has_nothing_if_no_case_is_left) {
  auto [tx, rx] = braid::channel<int>(1);
  tx.close();
  auto in = rx.recv();
  int ends = 0;
  EXPECT_TRUE(braid::select(braid::on(in, [&](std::optional<int> v) { ends += v ? 0 : 1; })).get());
  EXPECT_FALSE(braid::select(braid::on(in, [&](std::optional<int>) { ++ends; })).get()) << "it has been told";
  EXPECT_EQ(braid::select(braid::on(in, [](std::optional<int>) { return 1; })).get(), std::nullopt);
  EXPECT_EQ(ends, 1);
}

/// One function owns what it captures, so that one that is destroyed twice or not at all is seen.
braid::task<> sum_up(braid::receiver<std::unique_ptr<int>> rx, std::shared_ptr<int> sum, std::shared_ptr<int> pauses) {
  bool more = true;
  const auto pause = [pauses] { ++*pauses; };
  while (more)
    co_await braid::select(braid::on(rx.recv(),
                                     [&](std::optional<std::unique_ptr<int>> v) {
                                       more = v.has_value();
                                       *sum += v ? **v : 0;
                                     }),
                           braid::on(braid::after(1s), pause));
}

TEST(select_on, a_coroutine_waits_in_a_loop_until_its_input_has_ended) {
  by_hand world;
  auto ch = braid::channel<std::unique_ptr<int>>(4);
  const auto sum = std::make_shared<int>(0), pauses = std::make_shared<int>(0);
  world.group.spawn(sum_up, std::move(ch.rx), sum, pauses);
  world.advance(1s);
  world.advance(1s);
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(ch.tx.try_send(std::make_unique<int>(i)));
  world.hand.run();
  ch.tx.close();
  world.hand.run();
  world.group.wait();
  EXPECT_EQ(*sum, 6);
  EXPECT_EQ(*pauses, 2);
  EXPECT_EQ(sum.use_count(), 1);
  EXPECT_EQ(pauses.use_count(), 1);
}

TEST(select_on, a_cancel_ends_the_wait_and_calls_no_function) {
  by_hand world;
  auto ch = braid::channel<int>(0);
  world.group.spawn(
      [](braid::receiver<int> rx) -> braid::task<> {
        co_await braid::select(braid::on(rx.recv(), [](auto&&) { ADD_FAILURE(); }),
                               braid::on(braid::after(24h), [] { ADD_FAILURE(); }));
      },
      std::move(ch.rx));
  world.hand.run();
  world.end();
  world.group.wait();
}

TEST(select_on, operations_with_names_end_a_loop_when_all_have_been_told) {
  auto [tx, rx] = braid::channel<int>(4);
  auto [other_tx, other_rx] = braid::channel<int>(4);
  for (int i = 1; i <= 4; ++i) EXPECT_TRUE(tx.try_send(i) && other_tx.try_send(10 * i));
  tx.close();
  other_tx.close();
  int sum = 0, ends = 0;
  const auto use = [&](std::optional<int> v) { v ? sum += *v : ++ends; };
  auto in = rx.recv(), more = other_rx.recv();
  while (braid::select(braid::on(in, use), braid::on(more, use)).get()) continue;
  EXPECT_EQ(sum, 110);
  EXPECT_EQ(ends, 2);
}

TEST(select_on, a_result_that_throws_reaches_no_function) {
  auto [tx, rx] = braid::channel<int>(1);
  tx.close(std::make_exception_ptr(std::runtime_error("broken")));
  EXPECT_THROW(braid::select(braid::on(rx.recv(), [](std::optional<int>) { ADD_FAILURE(); })).get(),
               std::runtime_error);
}

TEST(select_on, an_exception_of_the_function_comes_out_and_the_value_is_taken) {
  auto [tx, rx] = braid::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  const auto throws = [](std::optional<int>) { throw std::runtime_error("mine"); };
  EXPECT_THROW(braid::select(braid::on(rx.recv(), throws)).get(), std::runtime_error);
  EXPECT_EQ(rx.size(), 0u);
}

TEST(select_on, a_try_never_waits) {
  auto [tx, rx] = braid::channel<int>(1);
  int got = 0;
  const auto use = [&](std::optional<int> v) { got = v.value(); };
  EXPECT_FALSE(braid::try_select(braid::on(rx.recv(), use)));
  EXPECT_TRUE(tx.try_send(3));
  EXPECT_TRUE(braid::try_select(braid::on(rx.recv(), use)));
  EXPECT_EQ(got, 3);
}

TEST(select_on, a_function_may_take_the_time_that_was_due_or_not) {
  const auto before = std::chrono::steady_clock::now();
  EXPECT_GE(braid::select(braid::on(braid::after(1ms), [](braid::time_point due) { return due; })).get(), before + 1ms);
  EXPECT_EQ(braid::select(braid::on(braid::after(0ns), [](auto... time) { return sizeof...(time); })).get(), 1u);
}

TEST(select_on, waits_for_subscribers_joins_and_batches_as_for_receives) {
  auto bc = braid::broadcast<int>(2);
  EXPECT_TRUE(bc.tx.try_send(5));
  EXPECT_EQ(braid::select(braid::on(bc.rx.recv(), [](std::optional<int> v) { return *v; })).get(), 5);
  braid::task_group group;
  EXPECT_EQ(braid::select(braid::on(group.join(), [] { return 6; })).get(), 6);
  auto [tx, rx] = braid::channel<int>(4);
  EXPECT_TRUE(tx.try_send(7));
  std::vector<int> some;
  EXPECT_EQ(braid::select(braid::on(rx.recv_some(some, 4), [](std::size_t n) { return n; })).get(), 1u);
}

TEST(select_on, a_permit_goes_to_the_function) {
  braid::semaphore slots(1);
  EXPECT_EQ(braid::select(braid::on(slots.acquire(), [](braid::permit) { return 1; }),
                          braid::on(braid::after(24h), [] { return 2; }))
                .get(),
            1);
  EXPECT_TRUE(slots.try_acquire()) << "the function has dropped it";
}

}  // namespace
