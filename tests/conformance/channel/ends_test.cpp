// C2 and C3: what happens when the last end of a side goes, and that a send which fails keeps its value.
#include <memory>

#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using ends_law = each_setting;
using ends_law_where_all_is_kept = each_setting;
using ends_law_for_waiting_senders = each_setting;
BRAID_FOR_EACH_FLAVOUR(ends_law);
BRAID_WHERE_ALL_IS_KEPT(ends_law_where_all_is_kept);
BRAID_WHERE_SENDERS_WAIT(ends_law_for_waiting_senders);

TEST_P(ends_law_where_all_is_kept, the_last_sender_to_go_closes_the_channel) {
  auto ch = flavour.make();
  for (int s = 0; s < 2; ++s) {
    play.play(sender, [tx = ch.tx](self me) -> script {
      for (int i = 0; i < 3; ++i) static_cast<void>(co_await me(tx.send(1)));
    });
  }
  { const auto gone = std::move(ch.tx); }
  int got = 0;
  play.play(receiver, [&](self me) -> script {
    while (const std::optional<int> v = co_await me(ch.rx.recv())) ++got;
  });
  play.finish();
  EXPECT_EQ(got, 6);
}

TEST_P(ends_law, a_waiting_receiver_is_woken_when_the_last_sender_goes) {
  auto ch = flavour.make();
  play.play(receiver,
            [&](self me) -> script {
              const std::optional<int> v = co_await me(ch.rx.recv());
              EXPECT_FALSE(v);
            })
      .wait_until_parked();
  { const auto gone = std::move(ch.tx); }
  play.finish();
}

TEST_P(ends_law, an_earlier_sender_that_goes_closes_nothing) {
  auto ch = flavour.make();
  {
    const auto copy = ch.tx;
    const auto another = copy;
  }
  play.play(receiver,
            [&](self me) -> script {
              const std::optional<int> v = co_await me(ch.rx.recv());
              EXPECT_EQ(v, 5);
            })
      .wait_until_parked();
  EXPECT_TRUE(ch.tx.try_send(5));
  play.finish();
}

TEST_P(ends_law, sends_fail_once_the_last_receiver_has_gone) {
  auto ch = flavour.make();
  play.play(receiver, [rx = ch.rx](self) -> script { co_return; });
  play.finish();
  const int sent = fill(ch.tx, 1);
  EXPECT_EQ(sent, flavour.room_for(1)) << "there is still a receiver";
  { const auto gone = std::move(ch.rx); }
  play.play(sender, [&](self me) -> script {
    const bool accepted = co_await me(ch.tx.send(1));
    EXPECT_FALSE(accepted);
  });
  play.finish();
}

TEST_P(ends_law_where_all_is_kept, what_was_buffered_goes_to_on_drop_oldest_first_when_the_last_receiver_goes) {
  std::vector<int> dropped;
  auto ch = flavour.make<int>({.on_drop = [&](int&& v) { dropped.push_back(v); }});
  const int sent = fill(ch.tx, 50);
  {
    const auto first = ch.rx;
    const auto gone = std::move(ch.rx);
    EXPECT_TRUE(dropped.empty());
  }
  ASSERT_EQ(dropped.size(), static_cast<std::size_t>(sent));
  for (int i = 0; i < sent; ++i) EXPECT_EQ(dropped[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(ch.tx.dropped(), 0u);
}

TEST_P(ends_law, what_was_buffered_goes_to_on_drop_also_when_the_senders_have_gone_before) {
  int dropped = 0;
  int sent = 0;
  {
    auto ch = flavour.make<int>({.on_drop = [&](int&&) { ++dropped; }});
    sent = fill(ch.tx, 50);
    { const auto gone = std::move(ch.tx); }
    EXPECT_EQ(dropped, sent - static_cast<int>(ch.rx.size())) << "only what it does not hold";
  }
  EXPECT_EQ(dropped, sent);
}

TEST_P(ends_law, without_on_drop_what_was_buffered_is_destroyed_and_counted) {
  auto value = std::make_shared<int>(1);
  auto ch = flavour.make<std::shared_ptr<int>>();
  std::size_t sent = 0;
  while (sent < 5 && ch.tx.try_send(value)) ++sent;
  { const auto gone = std::move(ch.rx); }
  EXPECT_EQ(ch.tx.dropped(), sent);
  EXPECT_EQ(value.use_count(), 1);
}

TEST_P(ends_law, a_failed_send_keeps_its_value_and_can_be_tried_again) {
  auto ch = flavour.make<std::unique_ptr<int>>();
  ch.tx.close();
  play.play(sender, [&](self me) -> script {
    auto out = ch.tx.send(std::make_unique<int>(3));
    for (int i = 0; i < 2; ++i) {
      const bool accepted = co_await me(out);
      EXPECT_FALSE(accepted);
      EXPECT_TRUE(out.value() && *out.value() == 3);
    }
    const std::unique_ptr<int> mine = std::move(out.value());
    EXPECT_EQ(*mine, 3);
  });
  play.finish();
}

TEST_P(ends_law, a_try_send_or_send_some_that_fails_has_moved_nothing) {
  auto ch = flavour.make<std::unique_ptr<int>>();
  ch.tx.close();
  auto value = std::make_unique<int>(4);
  EXPECT_FALSE(ch.tx.try_send(std::move(value)));
  EXPECT_TRUE(value);
  std::vector<std::unique_ptr<int>> values;
  values.push_back(std::move(value));
  play.play(sender, [&](self me) -> script {
    const std::size_t sent = co_await me(ch.tx.send_some(values));
    EXPECT_EQ(sent, 0u);
  });
  play.finish();
  EXPECT_TRUE(values[0]);
}

TEST_P(ends_law_where_all_is_kept, a_sent_send_is_armed_again_by_refill) {
  auto ch = flavour.make();
  play.play(sender, [&](self me) -> script {
    auto out = ch.tx.send(0);
    for (int i = 1; i <= 10; ++i) {
      const bool accepted = co_await me(out);
      EXPECT_TRUE(accepted);
      out.refill(i);
    }
    EXPECT_EQ(out.value(), 10);
    ch.tx.close();
  });
  int next = 0;
  play.play(receiver, [&](self me) -> script {
    while (const std::optional<int> v = co_await me(ch.rx.recv())) EXPECT_EQ(*v, next++);
  });
  play.finish();
  EXPECT_EQ(next, 10);
}

TEST_P(ends_law_for_waiting_senders, a_waiting_sender_fails_when_the_last_receiver_goes) {
  int dropped = 0;
  auto ch = flavour.make<int>({.on_drop = [&](int&&) { ++dropped; }});
  const int sent = fill(ch.tx, 100);
  play.play(sender,
            [&](self me) -> script {
              auto out = ch.tx.send(9);
              const bool accepted = co_await me(out);
              EXPECT_FALSE(accepted);
              EXPECT_EQ(out.value(), 9) << "a value that was never accepted is not dropped either";
            })
      .wait_until_parked();
  { const auto gone = std::move(ch.rx); }
  EXPECT_EQ(dropped, sent);
  play.finish();
}

}  // namespace
