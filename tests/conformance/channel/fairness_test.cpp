// O3: select is fair, the parked are served first in first out, and nobody parked is passed over for long.
#include <array>

#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using fairness_law = each_setting;
using fairness_law_for_waiting_senders = each_setting;
BRAID_FOR_EACH_FLAVOUR(fairness_law);
BRAID_WHERE_SENDERS_WAIT(fairness_law_for_waiting_senders);

TEST_P(fairness_law, select_takes_each_of_four_ready_cases_equally_often) {
  constexpr int rounds = 4000;
  std::array<int, 4> won{};
  play.play(receiver, [&](self me) -> script {
    auto ch = flavour.make();
    ch.tx.close();  // always ready; made anew in each round, since a finished case is skipped
    for (int i = 0; i < rounds; ++i) {
      auto a = ch.rx.recv(), b = ch.rx.recv(), c = ch.rx.recv(), d = ch.rx.recv();
      const std::size_t winner = co_await me(braid::select(a, b, c, d));
      ++won[winner];
    }
  });
  play.finish();
  const double expected = rounds / 4.0;
  double chi_square = 0;
  for (const int count : won) chi_square += (count - expected) * (count - expected) / expected;
  // With 3 degrees of freedom above 45 in one of a thousand million runs; a thread's seed is not fixed, a task's is.
  EXPECT_LT(chi_square, 45) << won[0] << ' ' << won[1] << ' ' << won[2] << ' ' << won[3];
}

TEST_P(fairness_law, waiting_receivers_are_served_first_in_first_out) {
  auto ch = flavour.make();
  constexpr int count = 6;
  std::array<int, count> got{};
  for (int& mine : got) {
    play.play(receiver, [&](self me) -> script { mine = (co_await me(ch.rx.recv())).value_or(-1); })
        .wait_until_parked();
  }
  for (int i = 0; i < count; ++i) EXPECT_TRUE(ch.tx.try_send(i));
  play.finish();
  for (int i = 0; i < count; ++i) EXPECT_EQ(got[static_cast<std::size_t>(i)], i);
}

TEST_P(fairness_law, a_receiver_that_left_its_place_is_skipped_and_the_next_is_served) {
  auto ch = flavour.make();
  auto other = flavour.make();
  play.play(receiver,
            [&](self me) -> script {
              auto in = ch.rx.recv();
              auto elsewhere = other.rx.recv();
              const std::size_t winner = co_await me(braid::select(in, elsewhere));
              EXPECT_EQ(winner, 1u);
            })
      .wait_until_parked();
  play.play(receiver,
            [&](self me) -> script {
              const std::optional<int> v = co_await me(ch.rx.recv());
              EXPECT_EQ(v, 2);
            })
      .wait_until_parked();
  EXPECT_TRUE(other.tx.try_send(1));
  EXPECT_TRUE(ch.tx.try_send(2));
  play.finish();
}

TEST_P(fairness_law, a_waiting_receiver_is_passed_over_at_most_64_times) {
  auto ch = flavour.make();
  std::atomic<bool> served{false};
  play.play(receiver,
            [&](self me) -> script {
              static_cast<void>(co_await me(ch.rx.recv()));
              served = true;
            })
      .wait_until_parked();
  int stolen = 0;
  for (int i = 0; i < 1000 && !served; ++i) {  // a greedy thread that sends and takes back what it can
    if (ch.tx.try_send(i) && ch.rx.try_recv()) ++stolen;
    if (stolen > 64) break;
    if (ch.rx.size() == 0) break;
  }
  EXPECT_LE(stolen, 64);
  ch.tx.close();
  play.finish();
}

TEST_P(fairness_law_for_waiting_senders, waiting_senders_are_served_first_in_first_out) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 100);
  for (int i = sent; i < sent + 6; ++i) {
    play.play(sender, [&, i](self me) -> script { static_cast<void>(co_await me(ch.tx.send(i))); }).wait_until_parked();
  }
  for (int i = 0; i < sent + 6; ++i) EXPECT_EQ(ch.rx.try_recv(), i);
  play.finish();
}

TEST_P(fairness_law_for_waiting_senders, a_waiting_sender_is_passed_over_at_most_64_times) {
  auto ch = flavour.make();
  fill(ch.tx, 100);
  play.play(sender, [&](self me) -> script { static_cast<void>(co_await me(ch.tx.send(-1))); }).wait_until_parked();
  int passed = 0;
  while (ch.rx.try_recv() != -1) {  // a greedy thread that refills whatever it takes
    if (ch.tx.try_send(0)) ++passed;
    ASSERT_LE(passed, 64);
  }
  play.finish();
}

}  // namespace
