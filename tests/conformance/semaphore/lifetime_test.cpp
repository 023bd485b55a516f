// O4, O5, O7, O8 for acquire, and S3 where an operation goes.
#include <concepts>

#include "braid/sync/semaphore.hpp"
#include "conformance/acquires.hpp"
#include "conformance/allocation_count.hpp"
#include "conformance/players.hpp"
#include "conformance/puppet.hpp"

namespace {

using namespace braid::conformance;
using semaphore_memory_law = each_player;
BRAID_FOR_EACH_PLAYER(semaphore_memory_law);

TEST_P(semaphore_memory_law, waiting_and_being_served_allocates_nothing) {
  braid::semaphore ping(1), pong(1);  // each player gives back what the other waits for
  braid::permit held_ping, held_pong = pong.acquire().get();
  std::size_t before = 0, after = 0;
  play.play(who, [&](self me) -> script {
    for (int i = 0; i < warm_up + measured; ++i) {
      if (i == warm_up) before = allocations();
      held_ping = co_await me(ping.acquire());
      held_pong.release();
    }
    after = allocations();
  });
  play.play(who, [&](self me) -> script {
    for (int i = 0; i < warm_up + measured; ++i) {
      braid::permit turn = co_await me(pong.acquire());
      held_pong = std::move(turn);
      held_ping.release();
    }
  });
  play.finish();
  EXPECT_EQ(after - before, 0u);
}

TEST(semaphore_borrow_law, an_acquire_is_made_of_a_named_semaphore_only_and_stays_where_it_is) {
  using op = decltype(std::declval<braid::semaphore&>().acquire());
  static_assert(acquires<braid::semaphore&> && !acquires<braid::semaphore>);
  static_assert(!std::copy_constructible<op> && !std::move_constructible<op>);
  static_assert(!std::is_copy_assignable_v<op> && !std::is_move_assignable_v<op>);
  static_assert(!std::copy_constructible<braid::permit> && std::is_nothrow_move_constructible_v<braid::permit>);
}

braid::task<> acquire_one(braid::semaphore& sem, std::size_t weight, int& served) {
  auto op = sem.acquire(weight);
  const braid::permit mine = co_await op;
  ++served;
}

TEST(semaphore_lifetime_law, destroying_a_waiting_acquire_withdraws_it_and_lets_those_behind_go_on) {
  braid::semaphore sem(2);
  const braid::permit held = sem.acquire().get();
  braid::manual_executor runs_later;
  puppet first(runs_later), second(runs_later);
  int served = 0;
  std::optional<braid::task<>> head(acquire_one(sem, 2, served));
  first.start(*head);
  braid::task<> behind = acquire_one(sem, 1, served);
  second.start(behind);
  EXPECT_FALSE(runs_later.run_one());
  head.reset();
  EXPECT_EQ(sem.held(), 2u) << "the one behind has been given its permit";
  EXPECT_TRUE(runs_later.run_one());
  EXPECT_EQ(served, 1);
}

TEST(semaphore_lifetime_law_death, destroying_an_acquire_that_was_given_its_permit_and_not_resumed_ends_the_program) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto destroy_claimed = [] {
    braid::semaphore sem(1);
    braid::permit held = sem.acquire().get();
    braid::manual_executor runs_later;
    puppet who(runs_later);
    int served = 0;
    braid::task<> t = acquire_one(sem, 1, served);
    who.start(t);
    held.release();
    { const braid::task<> gone = std::move(t); }
  };
  EXPECT_DEATH(destroy_claimed(), "destroyed after it was claimed and before its owner was resumed");
}

/// A task on the waker's stack: each of its calls takes the semaphore's lock.
braid::task<> use_when_woken(braid::semaphore* sem, std::size_t weight, int* resumed) {
  try {
    const braid::permit mine = co_await sem->acquire(weight);
  } catch (const braid::limit_exceeded&) {
  } catch (const braid::cancelled&) {
  }
  ++*resumed;
  static_cast<void>(sem->held());
}

TEST(semaphore_lock_law, a_task_is_resumed_with_no_lock_held_by_release_resize_and_whoever_leaves_the_queue) {
  inline_executor here;
  const braid::context ctx(braid::environment{.executor = &here});
  braid::semaphore sem(2);
  int resumed = 0;
  braid::task_group group(ctx);
  {
    const braid::permit held = sem.acquire(2).get();
    group.spawn(use_when_woken, &sem, 1, &resumed);
  }
  EXPECT_EQ(resumed, 1) << "by release";
  const braid::permit held = sem.acquire(2).get();
  group.spawn(use_when_woken, &sem, 1, &resumed);
  sem.resize(3);
  EXPECT_EQ(resumed, 2) << "by growing";
  group.spawn(use_when_woken, &sem, 3, &resumed);
  sem.resize(2);
  EXPECT_EQ(resumed, 3) << "by a refusal";
  sem.resize(3);
  braid::task_group leaving(ctx);
  leaving.spawn(use_when_woken, &sem, 3, &resumed);
  group.spawn(use_when_woken, &sem, 1, &resumed);
  leaving.cancel();
  EXPECT_EQ(resumed, 5) << "by one that left";
  leaving.join().get();
  group.join().get();
}

}  // namespace
