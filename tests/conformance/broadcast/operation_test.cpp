// Selects, cancels, locks and lifetimes, as operations on broadcasts see them.
#include "braid/sync/within.hpp"
#include "conformance/broadcast/setting.hpp"
#include "conformance/puppet.hpp"

namespace {

using namespace braid::conformance;
using broadcast_operation_law = each_broadcast;
BRAID_FOR_BROADCASTS(broadcast_operation_law);

TEST_P(broadcast_operation_law, a_select_receives_from_one_of_two_and_a_send_that_loses_keeps_its_value) {
  braid::broadcast<int> a(3), b(3), full(3);
  fill(full.tx);
  play.play(receiver,
            [&](self me) -> script {
              auto from_a = a.rx.recv();
              auto from_b = b.rx.recv();
              auto out = full.tx.send(50);
              const std::size_t winner = co_await me(braid::select(from_a, from_b, out));
              EXPECT_EQ(winner, 1u);
              EXPECT_EQ(from_b.result(), 2);
              EXPECT_EQ(out.value(), 50);
            })
      .wait_until_parked();
  EXPECT_TRUE(b.tx.try_send(2));
  play.finish();
  EXPECT_EQ(full.rx.size(), 3u);
  EXPECT_TRUE(a.tx.try_send(1));
  EXPECT_EQ(a.rx.size(), 1u) << "nobody waits here any more";
}

TEST_P(broadcast_operation_law, a_waiting_send_case_is_completed_by_the_subscriber_that_makes_room) {
  braid::broadcast<int> bc(3), quiet(3);
  fill(bc.tx);
  play.play(sender,
            [&](self me) -> script {
              auto in = quiet.rx.recv();
              auto out = bc.tx.send(50);
              const std::size_t winner = co_await me(braid::select(in, out));
              EXPECT_EQ(winner, 1u);
              EXPECT_TRUE(out.result());
            })
      .wait_until_parked();
  EXPECT_EQ(bc.rx.try_recv(), 0);
  play.finish();
  EXPECT_EQ(bc.rx.size(), 3u);
}

TEST_P(broadcast_operation_law, a_select_over_a_broadcasts_own_two_ends_performs_one) {
  braid::broadcast<int> bc(1);
  play.play(receiver, [&](self me) -> script {
    auto in = bc.rx.recv();
    auto out = bc.tx.send(1);
    const std::size_t first = co_await me(braid::select(in, out));
    EXPECT_EQ(first, 1u) << "there is room, and nothing to receive";
    out.refill(2);
    const std::size_t second = co_await me(braid::select(in, out));
    EXPECT_EQ(second, 0u) << "it is full";
    EXPECT_EQ(in.result(), 1);
  });
  play.finish();
}

TEST_P(broadcast_operation_law, a_cancelled_receive_and_a_cancelled_send_had_no_effect) {
  braid::broadcast<int> bc(3);
  const auto empty = bc.rx;
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  const int sent = fill(bc.tx);
  for (int i = 0; i < sent; ++i) EXPECT_EQ(empty.try_recv(), i);
  play.play(sender,
            [&, &until = ctx](self me) -> script {
              auto out = bc.tx.send(50);
              const auto outcome = co_await me(braid::try_within(until, out));
              EXPECT_FALSE(outcome);
              EXPECT_EQ(out.value(), 50);
            })
      .wait_until_parked();
  play.play(receiver,
            [&, &until = ctx](self me) -> script {
              const auto outcome = co_await me(braid::try_within(until, empty.recv()));
              EXPECT_FALSE(outcome);
            })
      .wait_until_parked();
  cancel();
  play.finish();
  EXPECT_EQ(bc.rx.try_recv(), 0);
  EXPECT_TRUE(bc.tx.try_send(51));
  EXPECT_EQ(empty.try_recv(), 51);
}

TEST_P(broadcast_operation_law, a_task_is_resumed_with_no_lock_held) {
  inline_executor here;
  for (const bool closes : {false, true}) {
    braid::broadcast<int> bc(2);
    int resumed = 0;
    braid::task_group group{braid::context(braid::environment{.executor = &here})};
    group.spawn(
        [](auto* b, int* count) -> braid::task<> {
          auto in = b->rx.recv();
          static_cast<void>(co_await in);
          ++*count;  // on the waker's stack: each of these takes the lock
          static_cast<void>(b->rx.size());
          static_cast<void>(b->tx.closed());
        },
        &bc, &resumed);
    if (closes) {
      bc.tx.close();
    } else {
      EXPECT_TRUE(bc.tx.try_send(1));
    }
    EXPECT_EQ(resumed, 1);
    group.join().get();
  }
}

braid::task<> receive_and_send(const braid::subscriber<int>& rx, const braid::publisher<int>& tx) {
  auto in = rx.recv();
  auto out = tx.send(50);
  static_cast<void>(co_await braid::select(in, out));
}

TEST_P(broadcast_operation_law, destroying_a_waiting_select_withdraws_its_receive_and_its_send) {
  braid::broadcast<int> empty(3), full(3);
  fill(full.tx);
  braid::manual_executor held;
  puppet who(held);
  {
    braid::task<> t = receive_and_send(empty.rx, full.tx);
    who.start(t);
  }
  EXPECT_TRUE(empty.tx.try_send(1));
  EXPECT_EQ(empty.rx.size(), 1u);
  EXPECT_EQ(full.rx.try_recv(), 0);
  EXPECT_EQ(full.rx.size(), 2u);
  EXPECT_FALSE(held.run_one());
}

TEST_P(broadcast_operation_law, an_executor_cancels_drains_and_joins_what_waits_on_it) {
  braid::broadcast<int> bc(1);
  std::atomic<int> cancelled{0};
  std::optional<braid::work_stealing_executor> pool(std::in_place, sender == player::task_of_two_workers ? 2u : 1u);
  braid::task_group group{braid::context(braid::environment{.executor = &*pool})};
  for (int i = 0; i < 4; ++i) {
    group.spawn(
        [](auto* b, auto* count) -> braid::task<> {
          const braid::subscriber<int> mine = b->rx;
          try {
            static_cast<void>(co_await mine.recv());
          } catch (const braid::cancelled&) {
            ++*count;
          }
        },
        &bc, &cancelled);
  }
  pool.reset();
  const int cancelled_in_time = cancelled;
  group.join().get();
  EXPECT_EQ(cancelled_in_time + group.skipped(), 4u);
}

}  // namespace
