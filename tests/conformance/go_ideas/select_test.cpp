// Ideas of Go's select tests, told anew: a select fed by selects, several cases on one channel,
// closing while others select.
#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using go_select = each_setting;
using go_select_where_all_is_kept = each_setting;
using go_select_for_waiting_senders = each_setting;
BRAID_FOR_EACH_FLAVOUR(go_select);
BRAID_WHERE_ALL_IS_KEPT(go_select_where_all_is_kept);
// On one worker a sender that never waits lets nobody else run: these need senders that wait.
BRAID_WHERE_SENDERS_WAIT(go_select_for_waiting_senders);

TEST_P(go_select_where_all_is_kept, numbers_that_pass_two_racing_selects_arrive_once_and_in_order) {
  // One party sends each number on whichever of two channels takes it; the other reads both by select.
  constexpr int count = 1000;
  auto a = flavour.make();
  auto b = flavour.make();
  play.play(sender, [&](self me) -> script {
    auto to_a = a.tx.send(0);
    auto to_b = b.tx.send(0);
    for (int i = 0; i < count; ++i) {
      to_a.refill(i);
      to_b.refill(i);
      static_cast<void>(co_await me(braid::select(to_a, to_b)));
    }
    a.tx.close();
    b.tx.close();
  });
  std::vector<int> times(count);
  play.play(receiver, [&](self me) -> script {
    auto from_a = a.rx.recv();
    auto from_b = b.rx.recv();
    int last[2] = {-1, -1};
    for (;;) {
      const std::size_t winner = co_await me(braid::select(from_a, from_b));
      if (winner == braid::none) break;
      const std::optional<int> v = winner == 0 ? from_a.result() : from_b.result();
      if (!v) continue;
      ++times[static_cast<std::size_t>(*v)];
      EXPECT_LT(std::exchange(last[winner], *v), *v);
    }
  });
  play.finish();
  for (const int n : times) EXPECT_EQ(n, 1);
}

TEST_P(go_select_where_all_is_kept, a_channel_that_stands_in_several_cases_gives_each_value_once) {
  auto ch = flavour.make();
  play.play(sender, [&](self me) -> script {
    auto one = ch.tx.send(0);
    auto two = ch.tx.send(0);
    for (int i = 0; i < 200; ++i) {
      one.refill(i);
      two.refill(i);
      static_cast<void>(co_await me(braid::select(one, two)));
    }
    ch.tx.close();
  });
  int next = 0;
  play.play(receiver, [&](self me) -> script {
    auto one = ch.rx.recv();
    auto two = ch.rx.recv();
    for (;;) {
      const std::size_t winner = co_await me(braid::select(one, two));
      if (winner == braid::none) break;
      const std::optional<int> v = winner == 0 ? one.result() : two.result();
      if (!v) continue;
      EXPECT_EQ(*v, next++);
    }
  });
  play.finish();
  EXPECT_EQ(next, 200);
}

TEST_P(go_select_for_waiting_senders, a_send_case_on_a_channel_that_gets_closed_fails_and_nothing_crashes) {
  auto ch = flavour.make();
  auto quiet = flavour.make();
  play.play(sender, [&](self me) -> script {
    auto in = quiet.rx.recv();
    auto out = ch.tx.send(0);
    int sent = 0;
    for (;;) {
      const std::size_t winner = co_await me(braid::select(in, out));
      EXPECT_EQ(winner, 1u);
      if (!out.result()) break;
      out.refill(++sent);
    }
    EXPECT_EQ(out.value(), sent);
  });
  play.play(receiver, [&](self me) -> script {
    for (int i = 0; i < 20; ++i) {
      const std::optional<int> v = co_await me(ch.rx.recv());
      EXPECT_EQ(v, i);
    }
    (void)ch.rx.close();
  });
  play.finish();
}

TEST_P(go_select, closing_while_several_parties_select_wakes_every_one) {
  for (int round = 0; round < 30; ++round) {
    auto ch = flavour.make();
    auto quiet = flavour.make();
    std::atomic<int> woken{0};
    for (int i = 0; i < 4; ++i) {
      play.play(i % 2 ? sender : receiver, [&](self me) -> script {
        auto in = ch.rx.recv();
        auto other = quiet.rx.recv();
        const std::size_t winner = co_await me(braid::select(other, in));
        EXPECT_EQ(winner, 1u);
        EXPECT_EQ(in.result(), std::nullopt);
        ++woken;
      });
    }
    ch.tx.close();
    play.finish();
    EXPECT_EQ(woken, 4);
  }
}

TEST_P(go_select_where_all_is_kept, a_select_that_never_waits_makes_progress_against_one_that_does) {
  auto ch = flavour.make();
  std::atomic<int> taken{0};
  play.play(receiver, [&](self me) -> script {
    while (const std::optional<int> v = co_await me(ch.rx.recv())) ++taken;
  });
  play.play(player::thread, [&](self) -> script {
    for (int sent = 0; sent < 200;) {
      auto out = ch.tx.send(sent);
      if (braid::try_select(out) == 0) {
        ++sent;
      } else {
        std::this_thread::yield();
      }
    }
    ch.tx.close();
    co_return;
  });
  play.finish();
  EXPECT_EQ(taken, 200);
}

}  // namespace
