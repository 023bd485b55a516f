// C1: closing is idempotent, from either end, and wakes both sides.
#include <stdexcept>

#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using close_law = each_setting;
using close_law_where_all_is_kept = each_setting;
using close_law_for_waiting_senders = each_setting;
BRAID_FOR_EACH_FLAVOUR(close_law);
BRAID_WHERE_ALL_IS_KEPT(close_law_where_all_is_kept);
BRAID_WHERE_SENDERS_WAIT(close_law_for_waiting_senders);

std::exception_ptr disk_full() {
  return std::make_exception_ptr(std::runtime_error("disk full"));
}

TEST_P(close_law_where_all_is_kept, a_closed_channel_drains_then_gives_nothing) {
  auto ch = flavour.make();
  play.play(sender, [&](self me) -> script {
    for (int i = 0; i < 5; ++i) {
      const bool sent = co_await me(ch.tx.send(i));
      EXPECT_TRUE(sent);
    }
    ch.tx.close();
  });
  std::vector<int> got;
  int nothings = 0;
  play.play(receiver, [&](self me) -> script {
    while (nothings < 3) {
      const std::optional<int> v = co_await me(ch.rx.recv());
      v ? got.push_back(*v) : void(++nothings);
    }
  });
  play.finish();
  EXPECT_EQ(got, (std::vector{0, 1, 2, 3, 4}));
}

TEST_P(close_law_where_all_is_kept, every_receiver_throws_the_close_error_each_time_after_the_drain) {
  auto ch = flavour.make();
  play.play(sender, [&](self me) -> script {
    for (int i = 0; i < 5; ++i) static_cast<void>(co_await me(ch.tx.send(i)));
    ch.tx.close(disk_full());
  });
  std::atomic<int> received{0}, thrown{0};
  for (int r = 0; r < 2; ++r) {
    play.play(receiver, [&](self me) -> script {
      for (int throws = 0; throws < 2;) {
        try {
          const std::optional<int> v = co_await me(ch.rx.recv());
          v ? ++received : throw std::logic_error("closed with an error, but a receiver was given nothing");
        } catch (const std::runtime_error& e) {
          EXPECT_STREQ(e.what(), "disk full");
          ++throws, ++thrown;
        }
      }
    });
  }
  play.finish();
  EXPECT_EQ(received, 5);
  EXPECT_EQ(thrown, 4);
}

TEST_P(close_law, try_recv_throws_the_close_error_too_and_the_same_operation_throws_it_again) {
  auto ch = flavour.make();
  ch.tx.close(disk_full());
  EXPECT_THROW(static_cast<void>(ch.rx.try_recv()), std::runtime_error);
  play.play(receiver, [&](self me) -> script {
    auto in = ch.rx.recv();
    for (int i = 0; i < 2; ++i) {
      bool threw = false;
      try {
        static_cast<void>(co_await me(in));
      } catch (const std::runtime_error&) {
        threw = true;
      }
      EXPECT_TRUE(threw);
    }
  });
  play.finish();
}

TEST_P(close_law, a_waiting_receiver_is_woken_and_gets_nothing) {
  auto ch = flavour.make();
  actor& waits = play.play(receiver, [&](self me) -> script {
    const std::optional<int> v = co_await me(ch.rx.recv());
    EXPECT_FALSE(v);
  });
  waits.wait_until_parked();
  ch.tx.close();
  play.finish();
}

TEST_P(close_law, waiting_receivers_are_woken_and_throw_the_close_error) {
  auto ch = flavour.make();
  int thrown[2] = {};
  for (int& mine : thrown) {
    play.play(receiver,
              [&](self me) -> script {
                try {
                  static_cast<void>(co_await me(ch.rx.recv()));
                } catch (const std::runtime_error&) {
                  ++mine;
                }
              })
        .wait_until_parked();
  }
  ch.tx.close(disk_full());
  play.finish();
  EXPECT_EQ(thrown[0] + thrown[1], 2);
}

TEST_P(close_law, a_receiver_that_waits_is_woken_when_another_one_closes) {
  auto ch = flavour.make();
  const auto other = ch.rx;
  play.play(receiver,
            [&](self me) -> script {
              const std::optional<int> v = co_await me(ch.rx.recv());
              EXPECT_FALSE(v);
            })
      .wait_until_parked();
  EXPECT_TRUE(other.close().empty());
  play.finish();
}

TEST_P(close_law_where_all_is_kept, the_first_close_decides_and_further_ones_from_either_end_do_nothing) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 2);
  ch.tx.close(disk_full());
  ch.tx.close();
  ch.tx.close(std::make_exception_ptr(std::logic_error("too late")));
  EXPECT_EQ(ch.rx.close().size(), static_cast<std::size_t>(sent));
  EXPECT_TRUE(ch.rx.close().empty());
  play.play(receiver, [&](self me) -> script {
    std::string text;
    try {
      static_cast<void>(co_await me(ch.rx.recv()));
    } catch (const std::exception& e) {
      text = e.what();
    }
    EXPECT_EQ(text, "disk full");
  });
  play.finish();
}

TEST_P(close_law_where_all_is_kept, the_receivers_close_returns_what_was_buffered_and_makes_sends_fail_at_once) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 100);
  const std::vector<int> left = ch.rx.close();
  ASSERT_EQ(left.size(), static_cast<std::size_t>(sent));
  for (int i = 0; i < sent; ++i) EXPECT_EQ(left[static_cast<std::size_t>(i)], i);
  EXPECT_TRUE(ch.rx.closed());
  play.play(sender, [&](self me) -> script {
    auto out = ch.tx.send(7);
    const bool accepted = co_await me(out);
    EXPECT_FALSE(accepted);
    EXPECT_EQ(out.value(), 7);
  });
  play.play(receiver, [&](self me) -> script {
    const std::optional<int> v = co_await me(ch.rx.recv());
    EXPECT_FALSE(v);
  });
  play.finish();
}

TEST_P(close_law_where_all_is_kept, closed_is_true_only_once_it_is_drained) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 2);
  EXPECT_FALSE(ch.rx.closed());
  ch.tx.close();
  for (int i = 0; i < sent; ++i) {
    EXPECT_FALSE(ch.rx.closed());
    EXPECT_EQ(ch.rx.try_recv(), i);
  }
  EXPECT_TRUE(ch.rx.closed());
}

TEST_P(close_law_for_waiting_senders, a_waiting_sender_fails_and_keeps_its_value_whoever_closes) {
  for (const bool receiver_closes : {false, true}) {
    auto ch = flavour.make();
    const int sent = fill(ch.tx, 100);
    actor& waits = play.play(sender, [&](self me) -> script {
      auto out = ch.tx.send(77);
      const bool accepted = co_await me(out);
      EXPECT_FALSE(accepted);
      EXPECT_EQ(out.value(), 77);
    });
    waits.wait_until_parked();
    if (receiver_closes) {
      EXPECT_EQ(ch.rx.close().size(), static_cast<std::size_t>(sent));
    } else {
      ch.tx.close();
      EXPECT_EQ(ch.rx.size(), static_cast<std::size_t>(sent));
    }
    play.finish();
  }
}

}  // namespace
