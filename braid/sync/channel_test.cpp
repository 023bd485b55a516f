#include "braid/sync/channel.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "braid/runtime/locked_executor.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/within.hpp"

using namespace std::chrono_literals;

TEST(channel, a_buffered_value_is_received) {
  auto [tx, rx] = braid::channel<int>(1);
  EXPECT_TRUE(tx.send(7).get());
  EXPECT_EQ(rx.recv().get(), 7);
}

TEST(channel, a_rendezvous_pairs_two_threads) {
  auto [tx, rx] = braid::channel<int>(0);
  std::thread t([&out = tx] {
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(out.send(i).get());
    out.close();
  });
  int next = 0;
  for (int v : rx) EXPECT_EQ(v, next++);
  EXPECT_EQ(next, 1000);
  t.join();
}

braid::task<> pump(braid::sender<int> tx, int n) {
  for (int i = 0; i < n; ++i) co_await tx.send(i);
}

braid::task<long> total(braid::receiver<int> rx) {
  long sum = 0;
  while (auto v = co_await rx.recv()) sum += *v;
  co_return sum;
}

TEST(channel, coroutines_talk_over_it) {
  for (std::size_t workers : {1, 2}) {
    braid::locked_executor pool(workers);
    braid::context ctx(braid::environment{.executor = &pool});
    auto [tx, rx] = braid::channel<int>(4);
    braid::task_group group(ctx);
    long sum = 0;
    group.spawn(pump, std::move(tx), 1000);
    group.spawn([](braid::receiver<int> in, long* out) -> braid::task<> { *out = co_await total(in); }, rx, &sum);
    group.join().get();
    EXPECT_EQ(sum, 499500);
  }
}

TEST(channel, a_select_with_a_timeout_gives_up) {
  auto [tx, rx] = braid::channel<int>(0);
  auto in = rx.recv();
  EXPECT_EQ(braid::select(in, braid::after(1ms)).get(), 1u);
  EXPECT_THROW(braid::within(1ms, rx.recv()).get(), braid::timed_out);
}
