#include "braid/sync/generator.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/own_error_test.hpp"
#include "braid/sync/task_group.hpp"

using namespace std::chrono_literals;
using braid::task_group;
using braid::fixture::own_error;

namespace {

braid::task<> count_to(int n, braid::sender<int> out) {
  for (int i = 1; i <= n; ++i)
    if (const bool sent = co_await out.send(i); !sent) co_return;
}

class generate_on : public testing::TestWithParam<std::size_t> {
 protected:
  braid::work_stealing_executor pool_{GetParam()};
  braid::context ctx_{braid::environment{.executor = &pool_}};
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(workers, generate_on, testing::Values(1, 2));

TEST_P(generate_on, the_receiver_ends_when_the_coroutine_does) {
  for (const std::size_t capacity : {0u, 3u, 100u}) {
    task_group group(ctx_);
    int sum = 0;
    for (int v : group.generate<int>(capacity, count_to, 10)) sum += v;
    EXPECT_EQ(sum, 55);
    group.join().get();
  }
}

TEST_P(generate_on, a_plain_function_may_fill_the_channel) {
  task_group group(ctx_);
  auto rx = group.generate<int>(3, [](const braid::sender<int>& out) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(out.try_send(i));
  });
  group.join().get();
  EXPECT_EQ(rx.size(), 3u);
  int next = 0;
  for (int v : rx) EXPECT_EQ(v, next++);
  EXPECT_EQ(next, 3);
}

TEST_P(generate_on, a_sender_that_is_handed_on_keeps_the_channel_open) {
  task_group group(ctx_);
  auto rx = group.generate<int>(0, [&group](braid::sender<int> out) { group.spawn(count_to, 3, std::move(out)); });
  int sum = 0;
  for (int v : rx) sum += v;
  EXPECT_EQ(sum, 6);
  group.join().get();
}

TEST_P(generate_on, an_exception_is_thrown_by_the_receiver_after_what_was_sent_and_by_the_join) {
  task_group group(ctx_);
  auto rx = group.generate<int>(8, [](braid::sender<int> out) -> braid::task<> {
    const bool sent = co_await out.send(1);
    if (sent) throw own_error{};
  });
  EXPECT_EQ(rx.recv().get(), 1);
  EXPECT_THROW(static_cast<void>(rx.recv().get()), own_error);
  EXPECT_THROW(group.join().get(), own_error);
}

TEST_P(generate_on, a_cancel_does_not_look_like_the_end_of_the_values) {
  task_group group(ctx_);
  auto rx = group.generate<int>(0, count_to, 10);
  EXPECT_EQ(rx.recv().get(), 1);
  group.cancel("enough");
  EXPECT_THROW(while (rx.recv().get()){}, braid::cancelled);
  group.join().get();
}

TEST_P(generate_on, ends_when_nobody_receives_any_more) {
  task_group group(ctx_);
  {
    auto rx = group.generate<int>(0, count_to, 1'000'000'000);
    EXPECT_EQ(rx.recv().get(), 1);
  }
  group.join().get();
}

TEST_P(generate_on, a_failure_that_a_receiver_was_given_needs_no_join) {
  task_group group(ctx_);
  auto rx = group.generate<int>(0, [](const braid::sender<int>&) { throw own_error{}; });
  EXPECT_THROW(static_cast<void>(rx.recv().get()), own_error);
}
