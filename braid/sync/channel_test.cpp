#include "braid/sync/channel.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <thread>

#include "braid/runtime/select.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/broadcast.hpp"
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
    braid::work_stealing_executor pool(workers);
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

TEST(channel, receiving_some_again_and_again_grows_the_vector_geometrically) {
  auto [tx, rx] = braid::channel<int>(1);
  std::vector<int> all;
  std::size_t moves = 0;
  for (int i = 0; i < 4096; ++i) {
    const std::size_t before = all.capacity();
    ASSERT_TRUE(tx.try_send(i));
    ASSERT_EQ(rx.recv_some(all, 1).get(), 1u);
    moves += all.capacity() == before ? 0u : 1u;
  }
  EXPECT_LE(moves, 14u);
}

TEST(channel, receiving_as_many_as_there_are_has_no_upper_limit) {
  auto [tx, rx] = braid::channel<int>(8);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(tx.try_send(i));
  std::vector<int> all(3);
  EXPECT_EQ(rx.recv_some(all, std::numeric_limits<std::size_t>::max()).get(), 5u);
  EXPECT_EQ(all.size(), 8u);
}

TEST(channel, a_sender_sees_that_the_channel_is_closed) {
  auto [tx, rx] = braid::channel<int>(1);
  EXPECT_FALSE(tx.closed());
  EXPECT_TRUE(rx.close().empty());
  EXPECT_TRUE(tx.closed());
}

TEST(channel, dropping_the_last_sender_closes_and_leaves_other_senders_alone) {
  auto [tx, rx] = braid::channel<int>(1);
  auto other = tx;
  tx.drop();
  EXPECT_TRUE(other.send(1).get());
  other.drop();
  EXPECT_EQ(rx.recv().get(), 1);
  EXPECT_EQ(rx.recv().get(), std::nullopt);
}

TEST(channel, dropping_the_last_receiver_makes_sends_fail) {
  auto [tx, rx] = braid::channel<int>(1);
  rx.drop();
  EXPECT_FALSE(tx.send(1).get());
}

TEST(channel, closing_the_receiver_twice_gives_the_values_once) {
  auto [tx, rx] = braid::channel<int>(2);
  ASSERT_TRUE(tx.try_send(1));
  EXPECT_EQ(rx.close(), std::vector<int>{1});
  EXPECT_TRUE(rx.close().empty());
  EXPECT_EQ(rx.recv().get(), std::nullopt);
}

TEST(channel, one_operation_twice_in_a_select_ends_the_program_with_a_sentence) {
  auto [tx, rx] = braid::channel<int>(0);
  auto in = rx.recv();
  EXPECT_DEATH(braid::select(in, in).get(), "stands in one select twice");
}

namespace {

/// Has the ends of a channel as members, and gets them later.
struct server {
  braid::sender<int> out;
  braid::receiver<int> in;
};

}  // namespace

TEST(channel, ends_are_empty_until_they_are_assigned) {
  server s;
  EXPECT_FALSE(s.out || s.in);
  const server copy = s;
  EXPECT_FALSE(copy.out || copy.in);
  s.out.drop();
  auto ch = braid::channel<int>(1);
  s.out = ch.tx;
  s.in = std::move(ch.rx);
  EXPECT_TRUE(s.out && s.in);
  EXPECT_FALSE(ch.rx) << "moved from";
  EXPECT_TRUE(s.out.try_send(4));
  EXPECT_EQ(s.in.recv().get(), 4);
  s.in.drop();
  EXPECT_FALSE(s.in);
  braid::publisher<int> publisher;
  braid::subscriber<int> subscriber;
  EXPECT_FALSE(publisher || subscriber);
  braid::broadcast<int> all(1);
  publisher = all.tx;
  subscriber = all.rx;
  EXPECT_TRUE(publisher && subscriber);
}

TEST(channel, a_call_on_an_empty_end_ends_the_program_with_a_sentence) {
  const server s;
  EXPECT_DEATH(static_cast<void>(s.out.send(1)), "a sender that was moved from, dropped or never assigned");
  EXPECT_DEATH(static_cast<void>(s.in.try_recv()), "a receiver that was moved from, dropped or never assigned");
  EXPECT_DEATH(static_cast<void>(braid::subscriber<int>().closed()), "a subscriber that was moved from, dropped");
}

TEST(channel, a_longest_wait_within_is_no_limit) {
  auto [tx, rx] = braid::channel<int>(1);
  std::thread later([&out = tx] {
    braid::after(2ms).get();
    EXPECT_TRUE(out.send(1).get());
  });
  EXPECT_EQ(braid::within(braid::duration::max(), rx.recv()).get(), 1);
  later.join();
}

namespace {

/// A link of a chain: the end of a channel or a broadcast that holds the next link.
struct linked_channel {
  braid::receiver<linked_channel> next;
};
struct linked_broadcast {
  std::shared_ptr<braid::subscriber<linked_broadcast>> next;
};
constexpr int links = 200'000;

}  // namespace

TEST(channel, channels_that_hold_the_receivers_of_each_other_go_without_a_deep_stack) {
  std::atomic<int> dropped{0};
  auto first = braid::channel<linked_channel>(1);
  braid::receiver<linked_channel> chain = std::move(first.rx);
  first.tx.drop();
  for (int i = 0; i < links; ++i) {
    braid::channel<linked_channel> ch(
        1, {.on_drop = i % 2 ? [&dropped](linked_channel&&) { ++dropped; } : std::function<void(linked_channel &&)>()});
    ASSERT_TRUE(ch.tx.try_send(linked_channel{std::move(chain)}));
    chain = std::move(ch.rx);
  }
  chain.drop();
  EXPECT_EQ(dropped, links / 2);
}

TEST(channel, broadcasts_that_hold_the_subscribers_of_each_other_go_without_a_deep_stack) {
  auto chain = std::make_shared<braid::subscriber<linked_broadcast>>(braid::broadcast<linked_broadcast>(1).rx);
  for (int i = 0; i < links; ++i) {
    braid::broadcast<linked_broadcast> b(1);
    ASSERT_TRUE(b.tx.try_send(linked_broadcast{std::move(chain)}));
    chain = std::make_shared<braid::subscriber<linked_broadcast>>(std::move(b.rx));
  }
  chain.reset();
}
