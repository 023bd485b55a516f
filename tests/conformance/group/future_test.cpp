// O1, O4, O8 and O11 for futures, whose operation is a handle too. Their own contract is in braid/sync/future_test.cpp.
#include "braid/runtime/shielded.hpp"
#include "conformance/allocation_count.hpp"
#include "conformance/group/players.hpp"
#include "conformance/puppet.hpp"

namespace {

using namespace braid::conformance;
using future_law = each_owner;
BRAID_FOR_EACH_PLAYER(future_law);

braid::task<int> relay(braid::receiver<int> in) {
  const std::optional<int> v = co_await in.recv();
  co_return v.value_or(-1);
}

TEST_P(future_law, a_future_that_loses_a_select_is_unchanged_and_may_be_performed_again) {
  auto [tx, rx] = braid::channel<int>(0);
  auto other = braid::channel<int>(1);
  EXPECT_TRUE(other.tx.try_send(1));
  play.play(owner, [&, &in = rx, &out = tx](self me) -> script {
    braid::task_group group(ctx);
    auto value = group.async(relay, in);
    auto ready = other.rx.recv();
    const std::size_t first = co_await me(braid::select(value, ready));
    EXPECT_EQ(first, 1u);
    EXPECT_EQ(ready.result(), 1);
    EXPECT_TRUE(value.enabled());
    const bool sent = co_await me(out.send(5));
    EXPECT_TRUE(sent);
    const std::size_t second = co_await me(braid::select(value, ready));
    EXPECT_EQ(second, 0u);
    EXPECT_EQ(value.result(), 5);
    co_await me(group.join());
  });
  play.finish();
}

TEST_P(future_law, a_wait_for_a_future_is_woken_by_the_end_of_its_task) {
  auto [tx, rx] = braid::channel<int>(0);
  braid::task_group group(ctx);
  auto value = group.async(relay, rx);
  play.play(owner,
            [&](self me) -> script {
              const int v = co_await me(value);
              EXPECT_EQ(v, 6);
            })
      .wait_until_parked();
  EXPECT_TRUE(tx.send(6).get());
  play.finish();
  group.join().get();
}

TEST_P(future_law, a_cancel_ends_the_wait_for_a_future_and_leaves_its_value_in_it) {
  auto [tx, rx] = braid::channel<int>(0);
  const auto [limit, cancel] = braid::with_cancel(ctx);
  braid::task_group group(ctx);
  auto value = group.async(relay, rx);
  play.play(owner,
            [&, &until = limit](self me) -> script {
              EXPECT_THROW(static_cast<void>(co_await me(braid::within(until, value))), braid::cancelled);
            })
      .wait_until_parked();
  cancel();
  play.finish();
  EXPECT_TRUE(tx.send(6).get());
  EXPECT_EQ(value.get(), 6);
  group.join().get();
}

TEST_P(future_law, a_task_that_waits_for_a_future_of_a_sibling_is_cancelled_with_the_group) {
  auto [tx, rx] = braid::channel<int>(0);
  play.play(owner, [&, &in = rx](self me) -> script {
    braid::task_group group(ctx);
    auto value = group.async(relay, in);
    auto waits = group.async([](auto* v) -> braid::task<int> { co_return co_await *v; }, &value);
    group.cancel("together");
    EXPECT_THROW(static_cast<void>(co_await me(waits)), braid::cancelled);
    EXPECT_THROW(static_cast<void>(co_await me(value)), braid::cancelled);
    co_await me(group.join());
  });
  play.finish();
}

TEST_P(future_law, a_future_costs_no_allocation_beside_its_task) {
  std::size_t spawned = 0, asked = 0;
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx);
    const auto plain = [] { return 7; };
    group.spawn(plain);
    co_await me(group.join());
    std::size_t before = allocations();
    for (int i = 0; i < 50; ++i) {
      group.spawn(plain);
      co_await me(group.join());
    }
    spawned = allocations() - before;
    before = allocations();
    for (int i = 0; i < 50; ++i) {
      auto f = group.async(plain);
      const int v = co_await me(f);
      EXPECT_EQ(v, 7);
      co_await me(group.join());
    }
    asked = allocations() - before;
  });
  play.finish();
  // Less where memory is used again (block_cache); a few more if an executor adds a spare thread meanwhile.
  EXPECT_LE(spawned, 60u);
  EXPECT_LE(asked, 60u);
}

braid::task<> wait_for(braid::future<int>& value, int& got) {
  got = co_await value;
}

TEST(future_move_law, destroying_a_waiting_future_withdraws_it) {
  braid::manual_executor held;
  puppet who(held);
  auto [tx, rx] = braid::channel<int>(1);
  braid::work_stealing_executor pool(1);
  braid::task_group group{braid::context(braid::environment{.executor = &pool})};
  {
    const auto own = [](braid::task_group* g, const braid::receiver<int>* in) -> braid::task<> {
      auto value = g->async(relay, *in);
      static_cast<void>(co_await value);
    };
    braid::task<> t = own(&group, &rx);
    who.start(t);
  }
  EXPECT_TRUE(tx.try_send(1));
  group.join().get();
  EXPECT_FALSE(held.run_one()) << "somebody was woken";
}

TEST(future_move_law, a_future_moves_and_cannot_be_copied) {
  static_assert(std::is_nothrow_move_constructible_v<braid::future<int>>);
  static_assert(std::is_nothrow_move_assignable_v<braid::future<int>>);
  static_assert(!std::is_copy_constructible_v<braid::future<int>> && !std::is_copy_assignable_v<braid::future<int>>);
}

TEST(future_move_law_death, moving_a_future_that_is_waited_for_ends_the_program) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto move_from = [](bool into_it) {
    braid::manual_executor held;
    puppet who(held);
    auto [tx, rx] = braid::channel<int>(1);
    braid::work_stealing_executor pool(1);
    braid::task_group group{braid::context(braid::environment{.executor = &pool})};
    auto waited_for = group.async(relay, rx);
    auto other = group.async([] { return 1; });
    int got = 0;
    braid::task<> t = wait_for(waited_for, got);
    who.start(t);
    into_it ? waited_for = std::move(other) : other = std::move(waited_for);
  };
  EXPECT_DEATH(move_from(false), "a future was moved while a task or a thread waits for it");
  EXPECT_DEATH(move_from(true), "a future was moved while a task or a thread waits for it");
}

}  // namespace
