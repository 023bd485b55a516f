// C5: try_ forms never wait; recv_some and send_some commit 1 to n at once. C6: iteration.
#include <numeric>

#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using batch_law = each_setting;
using batch_law_where_all_is_kept = each_setting;
using batch_law_for_waiting_senders = each_setting;
BRAID_FOR_EACH_FLAVOUR(batch_law);
BRAID_WHERE_ALL_IS_KEPT(batch_law_where_all_is_kept);
BRAID_WHERE_SENDERS_WAIT(batch_law_for_waiting_senders);

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

TEST_P(batch_law, try_recv_on_an_empty_channel_gives_nothing_at_once) {
  auto ch = flavour.make();
  EXPECT_EQ(ch.rx.try_recv(), std::nullopt);
  EXPECT_FALSE(ch.rx.closed());
}

TEST_P(batch_law, try_send_hands_its_value_to_a_waiting_receiver) {
  auto ch = flavour.make();
  play.play(receiver,
            [&](self me) -> script {
              const std::optional<int> v = co_await me(ch.rx.recv());
              EXPECT_EQ(v, 6);
            })
      .wait_until_parked();
  EXPECT_TRUE(ch.tx.try_send(6));
  play.finish();
}

TEST_P(batch_law, a_waiting_recv_some_wakes_with_at_least_one_value) {
  auto ch = flavour.make();
  std::vector<int> got{-1};
  play.play(receiver,
            [&](self me) -> script {
              const std::size_t count = co_await me(ch.rx.recv_some(got, 10));
              EXPECT_EQ(count, 1u);
            })
      .wait_until_parked();
  EXPECT_TRUE(ch.tx.try_send(8));
  play.finish();
  EXPECT_EQ(got, (std::vector{-1, 8})) << "it appends";
}

TEST_P(batch_law_where_all_is_kept, a_waiting_recv_some_takes_a_whole_batch_that_comes) {
  auto ch = flavour.make();
  std::vector<int> got;
  play.play(receiver,
            [&](self me) -> script {
              while (const std::size_t count = co_await me(ch.rx.recv_some(got, 4))) EXPECT_LE(count, 4u);
            })
      .wait_until_parked();
  std::vector<int> values = numbers(50);
  play.play(sender, [&](self me) -> script {
    std::span<int> rest = values;
    while (!rest.empty()) {
      const std::size_t count = co_await me(ch.tx.send_some(rest));
      EXPECT_GE(count, 1u);
      rest = rest.subspan(count);
    }
    ch.tx.close();
  });
  play.finish();
  EXPECT_EQ(got, numbers(50));
}

TEST_P(batch_law_where_all_is_kept, recv_some_takes_no_more_than_asked_and_leaves_the_rest) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 3);
  if (sent == 0) {
    EXPECT_EQ(ch.rx.size(), 0u) << "a rendezvous holds nothing";
    return;
  }
  play.play(receiver, [&](self me) -> script {
    std::vector<int> got;
    const std::size_t count = co_await me(ch.rx.recv_some(got, 2));
    EXPECT_EQ(count, 2u);
    EXPECT_EQ(got, numbers(2));
  });
  play.finish();
  EXPECT_EQ(ch.rx.size(), 1u);
}

TEST_P(batch_law, recv_some_and_send_some_give_zero_once_it_is_closed) {
  auto ch = flavour.make();
  ch.tx.close();
  play.play(receiver, [&](self me) -> script {
    std::vector<int> got;
    const std::size_t count = co_await me(ch.rx.recv_some(got, 2));
    EXPECT_EQ(count, 0u);
  });
  play.play(sender, [&](self me) -> script {
    std::vector<int> values = numbers(3);
    const std::size_t count = co_await me(ch.tx.send_some(values));
    EXPECT_EQ(count, 0u);
  });
  play.finish();
}

TEST_P(batch_law_where_all_is_kept, a_named_send_some_goes_on_with_the_rest) {
  auto ch = flavour.make();
  std::vector<int> values = numbers(20);
  play.play(sender, [&](self me) -> script {
    auto out = ch.tx.send_some(values);
    for (std::size_t sent = 0; sent < values.size();) sent += co_await me(out);
    ch.tx.close();
  });
  std::vector<int> got;
  play.play(receiver, [&](self me) -> script {
    auto in = ch.rx.recv_some(got, 3);
    while (co_await me(in)) {
    }
  });
  play.finish();
  EXPECT_EQ(got, numbers(20));
}

TEST_P(batch_law, a_batch_of_nothing_is_done_at_once) {
  auto ch = flavour.make();
  play.play(sender, [&](self me) -> script {
    const std::span<int> no_values;
    const std::size_t sent = co_await me(ch.tx.send_some(no_values));
    EXPECT_EQ(sent, 0u);
  });
  play.finish();
}

TEST_P(batch_law_where_all_is_kept, iteration_sees_every_value_until_the_channel_is_drained) {
  auto ch = flavour.make();
  play.play(sender, [tx = std::move(ch.tx)](self me) -> script {
    for (int i = 0; i < 50; ++i) static_cast<void>(co_await me(tx.send(i)));
  });
  int next = 0;
  if (receiver == player::thread) {
    for (const int v : ch.rx) EXPECT_EQ(v, next++);
  } else {
    play.play(receiver, [&](self me) -> script {
      while (auto v = co_await me(ch.rx.recv())) EXPECT_EQ(*v, next++);
    });
  }
  play.finish();
  EXPECT_EQ(next, 50);
}

TEST_P(batch_law_where_all_is_kept, iteration_throws_what_the_channel_was_closed_with) {
  auto ch = flavour.make();
  play.play(sender, [&](self me) -> script {
    for (int i = 0; i < 3; ++i) static_cast<void>(co_await me(ch.tx.send(i)));
    ch.tx.close(std::make_exception_ptr(std::runtime_error("half way")));
  });
  int seen = 0;
  const auto iterate = [&] {
    for (const int v : ch.rx) EXPECT_EQ(v, seen++);
  };
  EXPECT_THROW(iterate(), std::runtime_error);
  EXPECT_EQ(seen, 3);
  play.finish();
}

TEST_P(batch_law_for_waiting_senders, try_send_on_a_full_channel_moves_nothing) {
  auto ch = flavour.make<std::unique_ptr<int>>();
  while (ch.tx.try_send(std::make_unique<int>(1))) {
  }
  auto value = std::make_unique<int>(2);
  EXPECT_FALSE(ch.tx.try_send(std::move(value)));
  EXPECT_TRUE(value);
}

TEST_P(batch_law_for_waiting_senders, try_recv_takes_the_value_of_a_waiting_sender) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 100);
  play.play(sender,
            [&](self me) -> script {
              const bool accepted = co_await me(ch.tx.send(sent));
              EXPECT_TRUE(accepted);
            })
      .wait_until_parked();
  for (int i = 0; i <= sent; ++i) EXPECT_EQ(ch.rx.try_recv(), i);
  EXPECT_EQ(ch.rx.try_recv(), std::nullopt);
  play.finish();
}

TEST_P(batch_law_for_waiting_senders, a_waiting_send_some_wakes_with_at_least_one_sent_and_the_rest_kept) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 100);
  std::vector<int> values{100, 101, 102};
  play.play(sender,
            [&](self me) -> script {
              const std::size_t count = co_await me(ch.tx.send_some(values));
              EXPECT_EQ(count, 1u);
            })
      .wait_until_parked();
  EXPECT_EQ(ch.rx.try_recv(), sent ? 0 : 100);
  play.finish();
  EXPECT_EQ(ch.rx.size(), static_cast<std::size_t>(sent));
}

TEST_P(batch_law_for_waiting_senders, recv_some_gathers_the_values_of_several_waiting_senders) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 100);
  for (int i = 0; i < 3; ++i) {
    play.play(sender,
              [&, i](self me) -> script {
                const bool accepted = co_await me(ch.tx.send(sent + i));
                EXPECT_TRUE(accepted);
              })
        .wait_until_parked();
  }
  std::vector<int> got;
  EXPECT_EQ(ch.rx.recv_some(got, 100).get(), static_cast<std::size_t>(sent + 3));
  EXPECT_EQ(got, numbers(sent + 3));
  play.finish();
}

}  // namespace
