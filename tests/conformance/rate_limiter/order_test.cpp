// R3, R4: a rate limiter serves in order; who loses takes nothing and holds nobody up. O4, O5, O7, O8, O11 for it.
#include <array>

#include "braid/runtime/select.hpp"
#include "braid/sync/rate_limiter.hpp"
#include "braid/sync/within.hpp"
#include "conformance/acquires.hpp"
#include "conformance/allocation_count.hpp"
#include "conformance/players.hpp"
#include "conformance/puppet.hpp"

namespace {

using namespace braid::conformance;
using namespace std::chrono_literals;

class rate_order_law : public each_player {
 protected:
  rate_order_law() { static_cast<void>(limit.try_acquire(4)); }

  /// Someone who waits for `tokens`, and notes when they were due.
  void wait_for(std::uint64_t tokens, std::size_t number) {
    play.play(who,
              [this, tokens, number](self me) -> script {
                const braid::time_point due = co_await me(limit.acquire(tokens));
                given[number] = due - start;
              })
        .wait_until_parked();
  }

  braid::manual_clock clock;
  const braid::time_point start = clock.now();
  braid::rate_limiter limit{clock, {.tokens = 1, .per = 1s, .burst = 4}};
  std::array<braid::duration, 8> given{};
};
BRAID_FOR_EACH_PLAYER(rate_order_law);

TEST_P(rate_order_law, those_who_wait_are_served_first_in_first_out) {
  for (std::size_t i = 0; i < 5; ++i) wait_for(1, i);
  clock.advance(5s);
  play.finish();
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(given[i], (i + 1) * 1s);
}

TEST_P(rate_order_law, a_large_request_at_the_head_is_overtaken_by_nobody) {
  wait_for(4, 0);
  wait_for(1, 1);
  clock.advance(3s);
  EXPECT_FALSE(limit.try_acquire()) << "3 are there, but 4 are wanted";
  clock.advance(2s);
  play.finish();
  EXPECT_EQ(given[0], 4s);
  EXPECT_EQ(given[1], 5s);
}

TEST_P(rate_order_law, one_that_is_cancelled_takes_nothing_and_those_behind_go_on) {
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  play.play(who,
            [&, &until = ctx](self me) -> script {
              const auto outcome = co_await me(braid::try_within(until, limit.acquire(4)));
              EXPECT_FALSE(outcome);
            })
      .wait_until_parked();
  wait_for(2, 1);
  wait_for(1, 2);
  clock.advance(3s);
  cancel();
  play.finish();
  EXPECT_EQ(given[1], 3s);
  EXPECT_EQ(given[2], 3s);
}

TEST_P(rate_order_law, one_that_loses_its_select_takes_nothing_and_those_behind_are_not_late) {
  play.play(who,
            [&](self me) -> script {
              auto token = limit.acquire(4);
              braid::after late(clock, 1s);
              const std::size_t winner = co_await me(braid::select(token, late));
              EXPECT_EQ(winner, 1u);
            })
      .wait_until_parked();
  play.play(who, [&](self me) -> script {
    const braid::time_point due = co_await me(limit.acquire(2));
    given[1] = due - start;
  });
  clock.advance(1s);
  clock.advance(1s);
  play.finish();
  EXPECT_EQ(given[1], 2s);
}

TEST_P(rate_order_law, a_token_and_a_cancel_exclude_each_other) {
  for (int round = 0; round < 100; ++round) {
    braid::manual_clock time;
    braid::rate_limiter one(time, {.tokens = 1, .per = 1s, .burst = 1});
    EXPECT_TRUE(one.try_acquire());
    auto [ctx, cancel] = braid::with_cancel(braid::context());
    bool got = false;
    stage here;
    here.play(who,
              [&, &until = ctx](self me) -> script {
                const auto outcome = co_await me(braid::try_within(until, one.acquire()));
                got = static_cast<bool>(outcome);
              })
        .wait_until_parked();
    std::thread canceller([&, &by = cancel] { by(); });
    time.advance(1s);
    canceller.join();
    here.finish();
    EXPECT_EQ(one.try_acquire(), !got);
  }
}

TEST_P(rate_order_law, waiting_and_being_served_allocates_nothing) {
  std::size_t before = 0, after = 0;
  std::atomic<bool> done{false};
  play.play(who, [&](self me) -> script {
    for (int i = 0; i < warm_up + measured; ++i) {
      if (i == warm_up) before = allocations();
      static_cast<void>(co_await me(limit.acquire(2)));
    }
    after = allocations();
    done = true;
  });
  while (!done) {
    clock.advance(1s);
    std::this_thread::yield();
  }
  play.finish();
  EXPECT_EQ(after - before, 0u);
}

TEST(rate_borrow_law, an_acquire_is_made_of_a_named_limiter_only_and_stays_where_it_is) {
  using op = decltype(std::declval<braid::rate_limiter&>().acquire());
  static_assert(acquires<braid::rate_limiter&> && !acquires<braid::rate_limiter>);
  static_assert(!std::is_copy_constructible_v<op> && !std::is_move_constructible_v<op>);
}

braid::task<> acquire_some(braid::rate_limiter& limit, std::uint64_t tokens, int& served) {
  auto op = limit.acquire(tokens);
  static_cast<void>(co_await op);
  ++served;
}

TEST(rate_lifetime_law, destroying_a_waiting_acquire_withdraws_it_and_lets_those_behind_go_on) {
  braid::manual_clock clock;
  braid::rate_limiter limit(clock, {.tokens = 1, .per = 1s, .burst = 2});
  EXPECT_TRUE(limit.try_acquire());
  braid::manual_executor runs_later;
  puppet first(runs_later), second(runs_later);
  int served = 0;
  std::optional<braid::task<>> head(acquire_some(limit, 2, served));
  first.start(*head);
  braid::task<> behind = acquire_some(limit, 1, served);
  second.start(behind);
  EXPECT_FALSE(runs_later.run_one());
  head.reset();
  EXPECT_TRUE(runs_later.run_one());
  EXPECT_EQ(served, 1);
}

TEST(rate_lock_law, a_task_is_resumed_with_no_lock_held_by_the_clock_a_new_rate_and_whoever_leaves_the_queue) {
  inline_executor here;
  braid::manual_clock clock;
  const braid::context ctx(braid::environment{.executor = &here, .clock = &clock});
  braid::rate_limiter limit(clock, {.tokens = 1, .per = 1s, .burst = 2});
  EXPECT_TRUE(limit.try_acquire(2));
  int resumed = 0;
  const auto use_when_woken = [](braid::rate_limiter* from, std::uint64_t tokens, int* count) -> braid::task<> {
    try {
      static_cast<void>(co_await from->acquire(tokens));
    } catch (const braid::cancelled&) {
    } catch (const braid::limit_exceeded&) {
    }
    ++*count;  // on the waker's stack: the next call takes the clock's lock
    static_cast<void>(from->rate());
  };
  braid::task_group group(ctx), leaving(ctx);
  group.spawn(use_when_woken, &limit, 1, &resumed);
  clock.advance(1s);
  EXPECT_EQ(resumed, 1) << "by the clock";
  group.spawn(use_when_woken, &limit, 2, &resumed);
  limit.set_rate({.tokens = 1, .per = 1s, .burst = 1});
  EXPECT_EQ(resumed, 2) << "by a refusal";
  limit.set_rate({.tokens = 1, .per = 1s, .burst = 3});
  leaving.spawn(use_when_woken, &limit, 3, &resumed);
  group.spawn(use_when_woken, &limit, 1, &resumed);
  clock.advance(1s);
  EXPECT_EQ(resumed, 2);
  leaving.cancel();
  EXPECT_EQ(resumed, 4) << "by one that left";
  leaving.join().get();
  group.join().get();
}

}  // namespace
