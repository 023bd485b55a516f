// S1, S3, S4, S5: permits are counted exactly, whatever their acquire races with. O1, O11 for acquire.
#include "braid/runtime/select.hpp"
#include "braid/runtime/shielded.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/semaphore.hpp"
#include "braid/sync/within.hpp"
#include "conformance/players.hpp"

namespace {

using namespace braid::conformance;
using semaphore_law = each_player;
BRAID_FOR_EACH_PLAYER(semaphore_law);

TEST_P(semaphore_law, no_more_permits_are_out_than_the_capacity_and_none_is_lost) {
  constexpr std::size_t capacity = 5;
  braid::semaphore sem(capacity);
  std::atomic<std::size_t> out{0}, most{0};
  for (std::size_t party = 0; party < 6; ++party) {
    play.play(who, [&, party](self me) -> script {
      for (std::size_t i = 0; i < 200; ++i) {
        const std::size_t weight = 1 + (i + party) % capacity;
        const braid::permit mine = co_await me(sem.acquire(weight));
        const std::size_t now = out += mine.weight();
        std::size_t seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        out -= mine.weight();
      }
    });
  }
  play.finish();
  EXPECT_LE(most, capacity);
  EXPECT_EQ(sem.held(), 0u);
}

TEST_P(semaphore_law, of_two_acquires_in_a_select_one_has_an_effect_and_the_loser_can_be_performed_again) {
  braid::semaphore a(1), b(1);
  play.play(who, [&](self me) -> script {
    for (int i = 0; i < 100; ++i) {
      auto from_a = a.acquire();
      auto from_b = b.acquire();
      const std::size_t winner = co_await me(braid::select(from_a, from_b));
      const braid::permit first = winner == 0 ? from_a.result() : from_b.result();
      EXPECT_EQ(a.held() + b.held(), 1u);
      const std::size_t second_winner = co_await me(braid::select(from_a, from_b));
      EXPECT_NE(second_winner, winner);
      const braid::permit second = second_winner == 0 ? from_a.result() : from_b.result();
      EXPECT_EQ(a.held() + b.held(), 2u);
    }
  });
  play.finish();
  EXPECT_EQ(a.held() + b.held(), 0u);
}

TEST_P(semaphore_law, a_waiting_select_of_two_acquires_takes_from_one_although_both_come_free) {
  braid::semaphore a(1), b(1);
  braid::permit held_a = a.acquire().get(), held_b = b.acquire().get();
  braid::permit kept;
  play.play(who,
            [&](self me) -> script {
              auto from_a = a.acquire();
              auto from_b = b.acquire();
              const std::size_t winner = co_await me(braid::select(from_a, from_b));
              kept = winner == 0 ? from_a.result() : from_b.result();
            })
      .wait_until_parked();
  std::thread other([&] { held_a.release(); });
  held_b.release();
  other.join();
  play.finish();
  EXPECT_EQ(kept.weight(), 1u);
  EXPECT_EQ(a.held() + b.held(), 1u);
}

TEST_P(semaphore_law, a_permit_that_was_won_and_not_taken_goes_back_with_its_operation) {
  braid::semaphore sem(2);
  braid::permit all = sem.acquire(2).get();
  play.play(who,
            [&](self me) -> script {
              auto op = sem.acquire(2);
              const std::size_t winner = co_await me(braid::select(op));
              EXPECT_EQ(winner, 0u);
            })
      .wait_until_parked();
  all.release();
  play.finish();
  EXPECT_EQ(sem.held(), 0u);
}

TEST_P(semaphore_law, a_release_that_races_with_a_cancel_gives_the_permit_or_keeps_it) {
  for (int round = 0; round < 100; ++round) {
    braid::semaphore sem(1);
    braid::permit held = sem.acquire().get();
    auto [ctx, cancel] = braid::with_cancel(braid::context());
    braid::permit kept;
    stage here;
    here.play(who,
              [&, &until = ctx](self me) -> script {
                auto op = sem.acquire();
                auto outcome = co_await me(braid::try_within(until, op));
                if (outcome) kept = *std::move(outcome);
              })
        .wait_until_parked();
    std::thread canceller([&, &by = cancel] { by(); });
    held.release();
    canceller.join();
    here.finish();
    EXPECT_EQ(sem.held(), kept.weight()) << "the permit is with the acquire, or with the semaphore";
  }
}

TEST_P(semaphore_law, an_acquire_throws_at_entry_once_its_context_is_cancelled_although_there_is_room) {
  braid::semaphore sem(1);
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  cancel("user left");
  play.play(who, [&, &until = ctx](self me) -> script {
    const auto outcome = co_await me(braid::try_within(until, sem.acquire()));
    EXPECT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, braid::error_code::cancelled);
  });
  play.finish();
  EXPECT_EQ(sem.held(), 0u);
}

TEST_P(semaphore_law, growing_wakes_those_who_wait_and_shrinking_works_off_what_is_held) {
  braid::semaphore sem(1);
  braid::permit held = sem.acquire().get();
  std::array<std::atomic<bool>, 2> served{};
  std::array<braid::permit, 2> kept;
  for (std::size_t i = 0; i < 2; ++i) {
    play.play(who,
              [&, i](self me) -> script {
                kept[i] = co_await me(sem.acquire());
                served[i] = true;
              })
        .wait_until_parked();
  }
  sem.resize(2);
  while (!served[0]) std::this_thread::yield();
  EXPECT_FALSE(served[1]);
  sem.resize(1);
  kept[0].release();
  EXPECT_EQ(sem.held(), 1u) << "what came back was owed";
  held.release();
  play.finish();
  EXPECT_TRUE(served[1]);
}

TEST_P(semaphore_law, what_can_never_be_given_is_refused_whether_it_is_asked_for_or_waits) {
  braid::semaphore sem(2);
  braid::permit held = sem.acquire().get();
  int refused = 0;
  play.play(who,
            [&](self me) -> script {
              for (const std::size_t weight : {3u, 2u}) {
                try {
                  static_cast<void>(co_await me(sem.acquire(weight)));
                } catch (const braid::limit_exceeded&) {
                  ++refused;
                }
              }
            })
      .wait_until_parked();
  sem.resize(1);
  play.finish();
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(sem.held(), 1u);
}

TEST(semaphore_cancel_law, a_cancelled_group_wakes_its_waiting_acquires_and_a_shielded_one_waits_on) {
  braid::work_stealing_executor pool(2);
  braid::semaphore sem(1);
  braid::permit held = sem.acquire().get();
  auto ready = braid::channel<int>(braid::unbounded);
  braid::task_group group{braid::context(braid::environment{.executor = &pool})};
  std::atomic<int> cancelled{0}, given{0};
  const auto one = [](braid::semaphore* from, auto* here, bool shield, auto* no, auto* yes) -> braid::task<> {
    static_cast<void>(here->try_send(1));
    try {
      auto op = from->acquire();
      if (shield) {
        const braid::permit mine = co_await braid::shielded(op);
        ++*yes;
      } else {
        const braid::permit mine = co_await op;
      }
    } catch (const braid::cancelled&) {
      ++*no;
    }
  };
  for (int i = 0; i < 4; ++i) group.spawn(one, &sem, &ready.tx, i == 2, &cancelled, &given);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(ready.rx.recv().get());
  group.cancel();
  held.release();
  group.join().get();
  EXPECT_EQ(given, 1);
  EXPECT_EQ(cancelled, 3);
  EXPECT_EQ(sem.held(), 0u);
}

}  // namespace
