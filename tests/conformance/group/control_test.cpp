// E3 as far as groups go: cancel and join are callable twice, from anywhere, from inside a task. C2: generate. And the
// join policies.
#include "braid/runtime/shielded.hpp"
#include "conformance/group/players.hpp"
#include "conformance/puppet.hpp"

namespace {

using namespace std::chrono_literals;
using namespace braid::conformance;
using control_law = each_owner;
using generate_law = each_owner;
BRAID_FOR_EACH_PLAYER(control_law);
BRAID_FOR_EACH_PLAYER(generate_law);

struct own_error {};

braid::task<> wait_for_ever(std::atomic<int>* cancelled) {
  try {
    co_await braid::after(24h);
  } catch (const braid::cancelled&) {
    ++*cancelled;
    throw;
  }
}

TEST_P(control_law, cancel_may_be_called_twice_and_by_a_task_of_the_group_itself) {
  std::atomic<int> cancelled{0};
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx);
    for (int i = 0; i < 3; ++i) group.spawn(wait_for_ever, &cancelled);
    group.spawn([&group] {
      group.cancel("from inside");
      group.cancel("again");
    });
    co_await me(group.join());
    EXPECT_EQ(cancelled + group.skipped(), 3u);
    group.cancel("too late");
  });
  play.finish();
}

TEST_P(control_law, cancel_may_be_called_by_many_at_once) {
  std::atomic<int> cancelled{0};
  braid::task_group group(ctx);
  for (int i = 0; i < 3; ++i) group.spawn(wait_for_ever, &cancelled);
  for (int i = 0; i < 3; ++i) {
    play.play(owner, [&](self) -> script {
      group.cancel();
      co_return;
    });
  }
  play.finish();
  group.join().get();
  EXPECT_EQ(cancelled + group.skipped(), 3u);
}

TEST_P(control_law, join_may_be_performed_twice_and_the_failure_is_thrown_once) {
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx);
    group.spawn([] { throw own_error{}; });
    EXPECT_THROW(co_await me(group.join()), own_error);
    co_await me(group.join());
    EXPECT_TRUE(group.errors().empty());
  });
  play.finish();
}

TEST_P(control_law, a_deadline_cancels_what_is_late_and_join_throws_when_all_have_ended) {
  std::atomic<int> cancelled{0};
  play.play(owner, [&](self me) -> script {
    braid::manual_clock clock;
    braid::task_group group(braid::with_timeout(braid::with_environment(ctx, {.clock = &clock}), 1ms));
    auto in_time = group.async([] { return 4; });
    for (int i = 0; i < 3; ++i) group.spawn(wait_for_ever, &cancelled);
    const int value = co_await me(in_time);
    EXPECT_EQ(value, 4);
    clock.advance(1ms);
    EXPECT_THROW(co_await me(group.join()), braid::timed_out);
    EXPECT_EQ(cancelled + group.skipped(), 3u) << "none is left behind";
  });
  play.finish();
}

TEST_P(control_law, the_first_of_at_least_one_to_succeed_cancels_the_others_and_no_child_is_left_behind) {
  std::atomic<int> cancelled{0};
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx, braid::at_least(1));
    for (int i = 0; i < 3; ++i) group.spawn(wait_for_ever, &cancelled);
    group.spawn([] { throw own_error{}; });
    auto winner = group.async([] { return 8; });
    co_await me(group.join());
    EXPECT_EQ(cancelled + group.errors().size() + group.skipped(), 4u);
    EXPECT_EQ(winner.result(), 8);
  });
  play.finish();
}

TEST_P(control_law, join_throws_when_fewer_than_k_succeeded) {
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx, braid::at_least(2));
    group.spawn([] {});
    group.spawn([] { throw own_error{}; });
    EXPECT_THROW(co_await me(group.join()), own_error);
  });
  play.finish();
}

braid::task<> count_to(int n, braid::sender<int> out) {
  for (int i = 1; i <= n; ++i)
    if (const bool sent = co_await out.send(i); !sent) co_return;
  if (n == 3) throw own_error{};
}

TEST_P(generate_law, the_generator_has_the_only_sender_and_the_receiver_ends_with_it) {
  for (const std::size_t capacity : {0u, 2u}) {
    play.play(owner, [this, capacity](self me) -> script {
      braid::task_group group(ctx);
      auto rx = group.generate<int>(capacity, count_to, 10);
      int sum = 0;
      while (const std::optional<int> v = co_await me(rx.recv())) sum += *v;
      EXPECT_EQ(sum, 55);
      co_await me(group.join());
    });
  }
  play.finish();
}

TEST_P(generate_law, the_receiver_of_a_generator_that_fails_throws_after_what_was_sent) {
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx);
    auto rx = group.generate<int>(1, count_to, 3);
    int sum = 0;
    bool threw = false;
    try {
      while (const std::optional<int> v = co_await me(rx.recv())) sum += *v;
    } catch (const own_error&) {
      threw = true;
    }
    EXPECT_TRUE(threw);
    EXPECT_EQ(sum, 6);
    EXPECT_THROW(co_await me(group.join()), own_error);
  });
  play.finish();
}

braid::task<> wait_then_end(braid::receiver<int> start, braid::sender<int>) {
  static_cast<void>(co_await start.recv());
}

TEST(generate_order_law, the_channel_is_closed_when_the_join_returns) {
  inline_executor at_once;  // so the join returns within the end of the generator
  auto [tx, start] = braid::channel<int>(0);
  braid::task_group group{braid::context(braid::environment{.executor = &at_once})};
  auto rx = group.generate<int>(1, wait_then_end, start);
  bool closed = false;
  const auto join = [](braid::task_group* g, const braid::receiver<int>* in, bool* saw) -> braid::task<> {
    co_await g->join();
    *saw = in->closed();
  };
  puppet who(at_once);
  braid::task<> t = join(&group, &rx, &closed);
  who.start(t);
  EXPECT_FALSE(rx.closed());
  EXPECT_TRUE(tx.try_send(1));
  EXPECT_TRUE(closed);
}

}  // namespace
