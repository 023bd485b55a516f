// O1: select performs exactly one case. O2: two selects may pair, one never with itself.
#include <memory>

#include "braid/sync/ticker.hpp"
#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using select_law = each_setting;
using select_law_where_all_is_kept = each_setting;
using select_law_for_waiting_senders = each_setting;
BRAID_FOR_EACH_FLAVOUR(select_law);
BRAID_WHERE_ALL_IS_KEPT(select_law_where_all_is_kept);
BRAID_WHERE_SENDERS_WAIT(select_law_for_waiting_senders);

TEST_P(select_law_where_all_is_kept, exactly_one_case_has_an_effect_and_losers_can_be_performed_again) {
  auto a = flavour.make();
  auto b = flavour.make();
  constexpr int rounds = 200;
  for (auto* tx : {&a.tx, &b.tx}) {
    play.play(sender, [tx](self me) -> script {
      for (int i = 0; i < rounds; ++i) static_cast<void>(co_await me(tx->send(i)));
    });
  }
  play.play(receiver, [&](self me) -> script {
    auto from_a = a.rx.recv();
    auto from_b = b.rx.recv();
    int next[2] = {0, 0};
    for (int i = 0; i < 2 * rounds; ++i) {
      const std::size_t winner = co_await me(braid::select(from_a, from_b));
      const std::optional<int> v = winner == 0 ? from_a.result() : from_b.result();
      EXPECT_EQ(v, next[winner]++);
    }
    EXPECT_EQ(next[0], rounds);
    EXPECT_EQ(next[1], rounds);
  });
  play.finish();
}

TEST_P(select_law, a_send_that_loses_keeps_its_value_and_the_channel_has_seen_nothing) {
  auto lost = flavour.make<std::unique_ptr<int>>();
  auto won = flavour.make();
  while (flavour.can_be_full() && lost.tx.try_send(nullptr)) {
  }
  const std::size_t before = lost.rx.size();
  if (!flavour.can_be_full()) static_cast<void>(won.tx.try_send(1));  // else the select has to wait for it
  actor& selects = play.play(sender, [&](self me) -> script {
    auto in = won.rx.recv();
    auto out = lost.tx.send(std::make_unique<int>(5));
    const std::size_t winner = co_await me(braid::select(braid::biased, in, out));
    EXPECT_EQ(winner, 0u);
    EXPECT_TRUE(out.value() && *out.value() == 5);
    EXPECT_EQ(in.result(), 1);
  });
  if (flavour.can_be_full()) {
    selects.wait_until_parked();
    EXPECT_TRUE(won.tx.try_send(1));
  }
  play.finish();
  EXPECT_EQ(lost.rx.size(), before);
}

TEST_P(select_law, a_waiting_select_is_completed_by_one_peer_only) {
  auto a = flavour.make();
  auto b = flavour.make();
  play.play(receiver,
            [&](self me) -> script {
              auto from_a = a.rx.recv();
              auto from_b = b.rx.recv();
              const std::size_t winner = co_await me(braid::select(from_a, from_b));
              EXPECT_EQ(winner, 1u);
              EXPECT_EQ(from_b.result(), 2);
            })
      .wait_until_parked();
  EXPECT_TRUE(b.tx.try_send(2));
  EXPECT_EQ(a.tx.try_send(3), flavour.capacity != 0) << "nobody waits on a any more";
  play.finish();
  EXPECT_EQ(a.rx.size(), flavour.capacity != 0 ? 1u : 0u);
}

TEST_P(select_law, biased_takes_the_first_case_that_is_ready) {
  auto a = flavour.make();
  auto b = flavour.make();
  a.tx.close();
  b.tx.close();
  play.play(receiver, [&](self me) -> script {
    for (int i = 0; i < 50; ++i) {
      auto from_a = a.rx.recv();
      auto from_b = b.rx.recv();
      const std::size_t winner = co_await me(braid::select(braid::biased, from_a, from_b));
      EXPECT_EQ(winner, 0u);
    }
  });
  play.finish();
}

TEST_P(select_law_where_all_is_kept, a_finished_case_is_reported_once_and_then_skipped_until_none_is_left) {
  auto a = flavour.make();
  auto b = flavour.make();
  play.play(sender, [&](self me) -> script {
    a.tx.close();
    for (int i = 0; i < 5; ++i) static_cast<void>(co_await me(b.tx.send(i)));
    b.tx.close();
  });
  play.play(receiver, [&](self me) -> script {
    auto from_a = a.rx.recv();
    auto from_b = b.rx.recv();
    int ends[2] = {}, got = 0;
    for (;;) {
      const std::size_t winner = co_await me(braid::select(from_a, from_b));
      if (winner == braid::none) break;
      const std::optional<int> v = winner == 0 ? from_a.result() : from_b.result();
      v ? ++got : ++ends[winner];
    }
    EXPECT_EQ(got, 5);
    EXPECT_EQ(ends[0], 1);
    EXPECT_EQ(ends[1], 1);
    EXPECT_FALSE(from_a.enabled());
  });
  play.finish();
}

TEST_P(select_law, a_send_on_a_closed_channel_is_reported_once_as_false_and_then_skipped) {
  auto ch = flavour.make();
  ch.tx.close();
  play.play(sender, [&](self me) -> script {
    auto out = ch.tx.send(1);
    const std::size_t first = co_await me(braid::select(out));
    EXPECT_EQ(first, 0u);
    EXPECT_FALSE(out.result());
    EXPECT_EQ(out.value(), 1);
    const std::size_t second = co_await me(braid::select(out));
    EXPECT_EQ(second, braid::none);
  });
  play.finish();
}

TEST_P(select_law, a_disabled_case_is_skipped_and_an_enabled_one_is_taken_up_again) {
  auto ch = flavour.make();
  ch.tx.close();
  play.play(receiver, [&](self me) -> script {
    auto in = ch.rx.recv();
    in.disable();
    const std::size_t skipped = co_await me(braid::select(in));
    EXPECT_EQ(skipped, braid::none);
    in.enable();
    const std::size_t taken = co_await me(braid::select(in));
    EXPECT_EQ(taken, 0u);
  });
  play.finish();
}

TEST_P(select_law, a_disabled_case_is_left_alone_while_another_one_waits) {
  auto off = flavour.make();
  auto on = flavour.make();
  play.play(receiver,
            [&](self me) -> script {
              auto disabled = off.rx.recv();
              auto in = on.rx.recv();
              disabled.disable();
              const std::size_t winner = co_await me(braid::select(disabled, in));
              EXPECT_EQ(winner, 1u);
              EXPECT_EQ(in.result(), 4);
            })
      .wait_until_parked();
  EXPECT_EQ(off.tx.try_send(3), flavour.capacity != 0) << "nobody waits here";
  EXPECT_TRUE(on.tx.try_send(4));
  play.finish();
}

TEST_P(select_law, select_with_no_case_gives_none) {
  play.play(receiver, [&](self me) -> script {
    const std::span<braid::operation* const> no_cases;
    const std::size_t winner = co_await me(braid::select(no_cases));
    EXPECT_EQ(winner, braid::none);
  });
  play.finish();
}

TEST_P(select_law, try_select_never_waits_and_performs_a_case_that_is_ready) {
  auto a = flavour.make();
  auto b = flavour.make();
  auto from_a = a.rx.recv();
  auto from_b = b.rx.recv();
  EXPECT_EQ(braid::try_select(from_a, from_b), braid::none);
  b.tx.close();
  EXPECT_EQ(braid::try_select(from_a, from_b), 1u);
  EXPECT_EQ(braid::try_select(from_a, from_b), braid::none) << "it has finished";
}

TEST_P(select_law, a_waiting_select_never_pairs_with_itself) {
  auto ch = flavour.make();
  while (flavour.can_be_full() && ch.tx.try_send(0)) {
  }
  const std::size_t held = ch.rx.size();
  if (held > 0 || !flavour.can_be_full()) {  // full, or never full: one of its cases is ready, and just one happens
    auto in = ch.rx.recv();
    auto out = ch.tx.send(1);
    const std::size_t winner = braid::select(in, out).get();
    EXPECT_EQ(ch.rx.size(), winner == 0 ? held - 1 : held + 1);
    return;
  }
  for (const bool partner_sends : {true, false}) {
    play.play(receiver,
              [&](self me) -> script {
                auto in = ch.rx.recv();
                auto out = ch.tx.send(1);
                const std::size_t winner = co_await me(braid::select(in, out));
                EXPECT_EQ(winner, partner_sends ? 0u : 1u);
                if (partner_sends) {
                  EXPECT_EQ(in.result(), 2);
                }
              })
        .wait_until_parked();
    if (partner_sends) {
      EXPECT_TRUE(ch.tx.try_send(2));
    } else {
      EXPECT_EQ(ch.rx.try_recv(), 1);
    }
    play.finish();
  }
}

TEST_P(select_law_where_all_is_kept, two_selects_pair_with_each_other) {
  auto there = flavour.make();
  auto back = flavour.make();
  static constexpr int rounds = 300;
  int sent[2] = {}, received[2] = {};
  const auto party = [](auto& out_end, auto& in_end, int& mine_sent, int& mine_received) {
    return [&](self me) -> script {
      auto in = in_end.recv();
      auto out = out_end.send(0);
      for (bool open = true; open;) {
        const std::size_t winner = co_await me(braid::select(in, out));
        if (winner == 0) {
          in.result() ? void(++mine_received) : void(open = false);
        } else if (out.result()) {
          if (++mine_sent == rounds) {
            out.disable();
            out_end.close();
          }
          out.refill(mine_sent);
        }
      }
      out_end.close();
    };
  };
  play.play(sender, party(there.tx, back.rx, sent[0], received[0]));
  play.play(receiver, party(back.tx, there.rx, sent[1], received[1]));
  play.finish();
  EXPECT_LE(received[1], sent[0]);
  EXPECT_EQ(received[1] + static_cast<int>(there.rx.size()), sent[0]) << "each value sent is received or buffered";
  EXPECT_EQ(received[0] + static_cast<int>(back.rx.size()), sent[1]);
  EXPECT_GT(received[0] + received[1], 0);
}

TEST_P(select_law, results_of_a_select_over_time_and_a_channel_stay_apart) {
  auto ch = flavour.make();
  braid::manual_clock clock;
  play.play(receiver,
            [&](self me) -> script {
              auto in = ch.rx.recv();
              braid::after late(clock, std::chrono::seconds(1));
              const std::size_t first = co_await me(braid::select(in, late));
              EXPECT_EQ(first, 1u);
              const std::size_t second = co_await me(braid::select(in, late));
              EXPECT_EQ(second, 0u) << "a timer that has fired is skipped";
              EXPECT_EQ(in.result(), 9);
            })
      .wait_until_parked();
  clock.advance(std::chrono::seconds(1));
  play.play(sender, [&](self me) -> script { static_cast<void>(co_await me(ch.tx.send(9))); });
  play.finish();
}

TEST_P(select_law, done_of_a_context_is_reported_once_and_then_skipped) {
  auto ch = flavour.make();
  for (const bool waits_first : {false, true}) {
    auto [ctx, cancel] = braid::with_cancel(braid::context());
    if (!waits_first) cancel();
    actor& selects = play.play(receiver, [&, &until = ctx](self me) -> script {
      auto in = ch.rx.recv();
      auto stop = until.done();
      const std::size_t first = co_await me(braid::select(braid::biased, stop, in));
      EXPECT_EQ(first, 0u);
      const std::size_t second = co_await me(braid::select(braid::biased, stop, in));
      EXPECT_EQ(second, 1u);
      EXPECT_EQ(in.result(), 3);
    });
    if (waits_first) {
      selects.wait_until_parked();
      cancel();
    }
    play.play(sender, [&](self me) -> script { static_cast<void>(co_await me(ch.tx.send(3))); });
    play.finish();
  }
}

TEST_P(select_law_for_waiting_senders, a_waiting_send_case_is_completed_by_a_receiver) {
  auto full = flavour.make();
  const int sent = fill(full.tx, 100);
  auto quiet = flavour.make();
  play.play(sender,
            [&](self me) -> script {
              auto in = quiet.rx.recv();
              auto out = full.tx.send(50);
              const std::size_t winner = co_await me(braid::select(in, out));
              EXPECT_EQ(winner, 1u);
              EXPECT_TRUE(out.result());
            })
      .wait_until_parked();
  for (int i = 0; i < sent; ++i) EXPECT_EQ(full.rx.try_recv(), i);
  EXPECT_EQ(full.rx.try_recv(), 50);
  play.finish();
}

}  // namespace
