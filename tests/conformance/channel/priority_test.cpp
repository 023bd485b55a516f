// The priority flavour: the greatest rank first, in the buffer and among the sends that wait for room, and nobody
// starves.
#include "braid/sync/within.hpp"
#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;

struct job {
  int urgency;
  int number;
  bool operator==(const job&) const = default;
};

class priority_law : public each_setting {
 protected:
  /// Ranked by urgency, which is the number's tens.
  static braid::channel<int> make(std::size_t capacity, std::uint32_t most_passes = 64) {
    return braid::channel<int>(braid::priority(
        capacity, [](int v) { return v / 10; }, most_passes));
  }
  /// Somebody who sends `v` waits for room, behind those who wait already.
  void park_sender(const braid::channel<int>& ch, int v) {
    play.play(sender,
              [&ch, v](self me) -> script {
                const bool sent = co_await me(ch.tx.send(v));
                EXPECT_TRUE(sent);
              })
        .wait_until_parked();
  }
  static std::vector<int> drain(const braid::channel<int>& ch) {
    std::vector<int> all;
    while (const std::optional<int> v = ch.rx.try_recv()) all.push_back(*v);
    return all;
  }
};
BRAID_FOR_FLAVOURS(priority_law, by_priority);

TEST_P(priority_law, the_greatest_is_received_first_and_equals_in_the_order_sent) {
  auto ch = braid::channel<job>(braid::priority(8, &job::urgency));
  play.play(sender, [&](self me) -> script {
    for (const int urgency : {1, 3, 2, 3, 1, 2}) static_cast<void>(co_await me(ch.tx.emplace(urgency, ch.rx.size())));
    ch.tx.close();
  });
  play.finish();
  std::vector<job> got;
  play.play(receiver, [&](self me) -> script {
    while (auto v = co_await me(ch.rx.recv())) got.push_back(*v);
  });
  play.finish();
  EXPECT_EQ(got, (std::vector<job>{{3, 1}, {3, 3}, {2, 2}, {2, 5}, {1, 0}, {1, 4}}));
}

TEST_P(priority_law, room_goes_to_the_waiting_sender_with_the_greatest_rank_and_equals_in_the_order_of_waiting) {
  auto ch = make(1);
  EXPECT_TRUE(ch.tx.try_send(0));
  for (const int v : {10, 30, 20, 31, 11}) park_sender(ch, v);
  EXPECT_EQ(drain(ch), (std::vector{0, 30, 31, 20, 10, 11}));
  play.finish();
}

TEST_P(priority_law, receivers_of_a_rendezvous_take_the_greatest_of_the_waiting_sends) {
  auto ch = make(0);
  for (const int v : {10, 30, 20, 31, 11}) park_sender(ch, v);
  EXPECT_EQ(drain(ch), (std::vector{30, 31, 20, 10, 11}));
  play.finish();
}

TEST_P(priority_law, the_value_that_came_first_is_passed_over_at_most_so_many_times_in_a_row) {
  for (const std::uint32_t most : {0u, 1u, 5u, 64u}) {
    auto ch = make(4, most);
    ASSERT_TRUE(ch.tx.try_send(0));
    std::uint32_t passed = 0;
    play.play(sender, [&](self me) -> script {
      for (;;) {
        static_cast<void>(co_await me(ch.tx.send(10)));
        const std::optional<int> v = co_await me(ch.rx.recv());
        if (v == 0) break;
        ++passed;
      }
    });
    play.finish();
    EXPECT_EQ(passed, most) << "no earlier either: its rank is the smallest";
  }
}

TEST_P(priority_law, a_value_behind_others_is_received_within_its_bound_under_a_stream_of_greater_ones) {
  constexpr int most = 3, room = 8, low = room - 1;
  auto ch = make(room, most);
  for (int i = 0; i < low; ++i) ASSERT_TRUE(ch.tx.try_send(i));
  int receives = 0, next = 0;
  while (next < low) {
    ASSERT_TRUE(ch.tx.try_send(50));
    const std::optional<int> v = ch.rx.try_recv();
    ++receives;
    if (v == 50) continue;
    EXPECT_EQ(v, next) << "they are equal: first come, first served";
    EXPECT_LE(receives, ++next * (most + 1)) << "with so many older ones before it";
  }
}

TEST_P(priority_law, the_sender_that_has_waited_longest_is_passed_over_at_most_so_many_times_in_a_row) {
  constexpr int most = 3;
  auto ch = make(1, most);
  ASSERT_TRUE(ch.tx.try_send(0));
  park_sender(ch, 1);
  for (int receive = 0; receive <= most; ++receive) {
    park_sender(ch, 50);
    EXPECT_EQ(ch.rx.try_recv(), receive == 0 ? 0 : 50);
  }
  EXPECT_EQ(ch.rx.try_recv(), 1) << "room went to it after three others";
  EXPECT_EQ(drain(ch), std::vector{50});
  play.finish();
}

TEST_P(priority_law, a_greater_one_overtakes_all_that_are_held) {
  auto ch = make(100);
  for (int i = 0; i < 99; ++i) ASSERT_TRUE(ch.tx.try_send(i % 10));
  ASSERT_TRUE(ch.tx.try_send(90));
  EXPECT_EQ(ch.rx.try_recv(), 90);
}

TEST_P(priority_law, a_sender_that_gives_up_leaves_its_place_and_the_order_of_the_others) {
  auto ch = make(1);
  ASSERT_TRUE(ch.tx.try_send(0));
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  park_sender(ch, 10);
  play.play(sender,
            [&, &until = ctx](self me) -> script {
              auto out = ch.tx.send(50);
              const auto outcome = co_await me(braid::try_within(until, out));
              EXPECT_FALSE(outcome);
              EXPECT_EQ(out.value(), 50);
            })
      .wait_until_parked();
  park_sender(ch, 20);
  cancel();
  while (ch.rx.size() == 1 && drain(ch) != std::vector{0, 20, 10}) FAIL() << "the order of the others";
  play.finish();
}

TEST_P(priority_law, a_select_over_two_ranks_sends_one_of_them) {
  auto ch = make(1);
  ASSERT_TRUE(ch.tx.try_send(0));
  play.play(sender,
            [&](self me) -> script {
              auto less = ch.tx.send(10);
              auto more = ch.tx.send(20);
              const std::size_t winner = co_await me(braid::select(less, more));
              EXPECT_EQ(winner, 1u);
              EXPECT_EQ(less.value(), 10);
            })
      .wait_until_parked();
  EXPECT_EQ(ch.rx.try_recv(), 0);
  play.finish();
  EXPECT_EQ(drain(ch), std::vector{20});
}

TEST_P(priority_law, the_rank_is_that_of_the_value_when_the_operation_was_made_or_refilled) {
  auto ch = make(4);
  auto first = ch.tx.send(10);
  auto second = ch.tx.send(20);
  first.value() = 99;
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_EQ(drain(ch), (std::vector{20, 99}));
  first.refill(10);
  second.refill(0);
  EXPECT_TRUE(second.get());
  EXPECT_TRUE(first.get());
  EXPECT_EQ(drain(ch), (std::vector{10, 0}));
}

TEST_P(priority_law, the_rank_function_may_use_the_channel_since_no_lock_is_held) {
  const braid::receiver<int>* end = nullptr;
  int calls = 0;
  auto ch = braid::channel<int>(braid::priority(2, [&](int v) {
    if (end) calls += static_cast<int>(end->size()) + 1;
    return v;
  }));
  end = &ch.rx;
  EXPECT_TRUE(ch.tx.try_send(1));
  auto out = ch.tx.send(2);
  EXPECT_TRUE(out.get());
  EXPECT_EQ(calls, 1 + 2);
  end = nullptr;
}

TEST_P(priority_law, a_batch_goes_one_by_one_each_value_at_its_own_rank) {
  auto ch = make(4);
  std::vector<int> values{10, 30, 20};
  play.play(sender, [&](self me) -> script {
    auto out = ch.tx.send_some(values);
    for (int i = 0; i < 3; ++i) {
      const std::size_t sent = co_await me(out);
      EXPECT_EQ(sent, 1u);
    }
  });
  play.finish();
  EXPECT_EQ(drain(ch), (std::vector{30, 20, 10}));
}

TEST_P(priority_law, what_was_buffered_is_returned_or_dropped_in_the_order_of_rank) {
  std::vector<int> dropped;
  for (const bool returned : {true, false}) {
    auto ch = braid::channel<int>(braid::priority(4, [](int v) { return v; }),
                                  {.on_drop = [&](int&& v) { dropped.push_back(v); }});
    for (const int v : {2, 4, 1, 3}) ASSERT_TRUE(ch.tx.try_send(v));
    if (returned) {
      EXPECT_EQ(ch.rx.close(), (std::vector{4, 3, 2, 1}));
    }
  }
  EXPECT_EQ(dropped, (std::vector{4, 3, 2, 1}));
}

}  // namespace
