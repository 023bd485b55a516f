// O2, O7, O8, O9: the claim, what an operation borrows, how long it stays, and what an executor waits for.
#include <concepts>

#include "braid/sync/ticker.hpp"
#include "conformance/flavours.hpp"
#include "conformance/puppet.hpp"

namespace {

using namespace braid::conformance;
using lifetime_law = each_setting;
using lifetime_law_for_waiting_senders = each_setting;
BRAID_FOR_EACH_FLAVOUR(lifetime_law);
BRAID_WHERE_SENDERS_WAIT(lifetime_law_for_waiting_senders);

template<class Op>
constexpr bool stays_where_it_is = !std::copy_constructible<Op> && !std::move_constructible<Op> &&
                                   !std::is_copy_assignable_v<Op> && !std::is_move_assignable_v<Op>;
template<class End>
concept receives = requires(End&& rx, std::vector<int>& into) {
  std::forward<End>(rx).recv();
  std::forward<End>(rx).recv_some(into, 1);
};
template<class End>
concept receives_at_all = requires(End&& rx) {
  std::forward<End>(rx).recv();
}
|| requires(End&& rx, std::vector<int>& into) {
  std::forward<End>(rx).recv_some(into, 1);
};
template<class End>
concept sends = requires(End&& tx, std::span<int> values) {
  std::forward<End>(tx).send(1);
  std::forward<End>(tx).emplace(1);
  std::forward<End>(tx).send_some(values);
};
template<class End>
concept sends_at_all = requires(End&& tx) {
  std::forward<End>(tx).send(1);
}
|| requires(End&& tx) {
  std::forward<End>(tx).emplace(1);
}
|| requires(End&& tx, std::span<int> values) {
  std::forward<End>(tx).send_some(values);
};
template<class C>
concept gives_done = requires(C&& c) {
  std::forward<C>(c).done();
};

TEST(borrow_law, an_operation_can_be_made_of_a_named_end_only) {
  static_assert(receives<braid::receiver<int>&> && receives<const braid::receiver<int>&>);
  static_assert(!receives_at_all<braid::receiver<int>> && !receives_at_all<const braid::receiver<int>>);
  static_assert(sends<braid::sender<int>&> && sends<const braid::sender<int>&>);
  static_assert(!sends_at_all<braid::sender<int>> && !sends_at_all<const braid::sender<int>>);
  static_assert(gives_done<braid::context&> && !gives_done<braid::context>);
}

TEST(borrow_law, an_operation_can_be_neither_copied_nor_moved) {
  using rx = braid::receiver<int>&;
  using tx = braid::sender<int>&;
  static_assert(stays_where_it_is<decltype(std::declval<rx>().recv())>);
  static_assert(stays_where_it_is<decltype(std::declval<rx>().recv_some(std::declval<std::vector<int>&>(), 1))>);
  static_assert(stays_where_it_is<decltype(std::declval<tx>().send(1))>);
  static_assert(stays_where_it_is<decltype(std::declval<tx>().send_some({}))>);
  static_assert(stays_where_it_is<decltype(std::declval<braid::context&>().done())>);
  static_assert(stays_where_it_is<decltype(std::declval<braid::task_group&>().join())>);
  static_assert(stays_where_it_is<braid::after> && stays_where_it_is<braid::every>);
}

TEST_P(lifetime_law, an_operation_keeps_no_end_alive) {
  auto ch = flavour.make();
  std::optional<braid::sender<int>> last(std::move(ch.tx));
  const auto out = last->send(1);
  last.reset();
  EXPECT_TRUE(ch.rx.closed()) << "the operation has counted as a sender";
}

TEST(claim_law, a_performer_that_is_open_is_claimed_exactly_once) {
  braid::manual_executor held;
  puppet who(held);
  EXPECT_FALSE(who.claim(0)) << "it is not open";
  for (int round = 0; round < 100; ++round) {
    who.open(braid::detail::shield::no, nullptr);
    std::atomic<int> started{0}, winners{0};
    std::atomic<unsigned> winner{99};
    std::vector<std::thread> claimers;
    for (unsigned k = 0; k < 3; ++k) {
      claimers.emplace_back([&, k] {
        ++started;
        while (started < 3) std::this_thread::yield();
        if (!who.claim(k)) return;
        ++winners;
        winner = k;
      });
    }
    for (std::thread& t : claimers) t.join();
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(who.won(), winner);
    EXPECT_FALSE(who.claim(1));
    who.close();
  }
}

TEST(claim_law, a_cancel_claims_an_open_performer_but_no_shielded_one) {
  braid::manual_executor held;
  puppet who(held);
  who.open(braid::detail::shield::yes, nullptr);
  EXPECT_FALSE(who.claim_cancelled());
  EXPECT_TRUE(who.claim(0));
  who.close();
  who.open(braid::detail::shield::no, nullptr);
  EXPECT_TRUE(who.claim_cancelled());
  EXPECT_FALSE(who.claim(0));
}

braid::task<> receive_one(const braid::receiver<int>& rx, std::optional<int>& got) {
  auto in = rx.recv();
  got = co_await in;
}

braid::task<> select_two(const braid::receiver<int>& a, const braid::receiver<int>& b) {
  auto from_a = a.recv();
  auto from_b = b.recv();
  static_cast<void>(co_await braid::select(from_a, from_b));
}

braid::task<> send_one(const braid::sender<int>& tx) {
  auto out = tx.send(1);
  static_cast<void>(co_await out);
}

TEST_P(lifetime_law, destroying_a_waiting_receive_withdraws_it) {
  auto ch = flavour.make();
  braid::manual_executor held;
  puppet who(held);
  std::optional<int> got;
  {
    braid::task<> t = receive_one(ch.rx, got);
    who.start(t);
  }
  EXPECT_EQ(ch.tx.try_send(1), flavour.capacity != 0) << "nobody waits any more";
  EXPECT_FALSE(held.run_one());
  EXPECT_FALSE(got);
}

TEST_P(lifetime_law, destroying_a_waiting_select_withdraws_all_its_cases) {
  auto a = flavour.make();
  auto b = flavour.make();
  braid::manual_executor held;
  puppet who(held);
  {
    braid::task<> t = select_two(a.rx, b.rx);
    who.start(t);
  }
  EXPECT_EQ(a.tx.try_send(1), flavour.capacity != 0);
  EXPECT_EQ(b.tx.try_send(1), flavour.capacity != 0);
  EXPECT_FALSE(held.run_one());
}

TEST_P(lifetime_law_for_waiting_senders, destroying_a_waiting_send_withdraws_it_with_its_value) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 100);
  braid::manual_executor held;
  puppet who(held);
  {
    braid::task<> t = send_one(ch.tx);
    who.start(t);
  }
  EXPECT_EQ(ch.rx.close().size(), static_cast<std::size_t>(sent));
  EXPECT_FALSE(held.run_one());
}

TEST_P(lifetime_law, a_claimed_task_goes_on_when_its_executor_runs_it) {
  auto ch = flavour.make();
  braid::manual_executor held;
  puppet who(held);
  std::optional<int> got;
  braid::task<> t = receive_one(ch.rx, got);
  who.start(t);
  EXPECT_TRUE(ch.tx.try_send(4));
  EXPECT_FALSE(got);
  EXPECT_TRUE(held.run_one());
  EXPECT_EQ(got, 4);
}

using lifetime_law_death = lifetime_law;
BRAID_FOR_EACH_FLAVOUR(lifetime_law_death);

TEST_P(lifetime_law_death, destroying_an_operation_that_is_claimed_and_not_resumed_ends_the_program) {
  if (sender != player::thread || receiver != player::thread) return;  // nobody plays: once a flavour is enough
  const auto destroy_claimed = [&] {
    auto ch = flavour.make();
    braid::manual_executor held;
    puppet who(held);
    std::optional<int> got;
    braid::task<> t = receive_one(ch.rx, got);
    who.start(t);
    static_cast<void>(ch.tx.try_send(4));
    { const braid::task<> gone = std::move(t); }
  };
  EXPECT_DEATH(destroy_claimed(), "destroyed after it was claimed and before its owner was resumed");
}

TEST_P(lifetime_law, an_executor_cancels_drains_and_joins_its_tasks_when_it_goes) {
  auto ch = flavour.make();
  std::atomic<int> cancelled{0}, ended{0};
  std::optional<braid::work_stealing_executor> pool(std::in_place, sender == player::task_of_two_workers ? 2u : 1u);
  braid::task_group group{braid::context(braid::environment{.executor = &*pool})};
  for (int i = 0; i < 8; ++i) {
    group.spawn(
        [](auto* c, auto* saw, auto* end) -> braid::task<> {
          try {
            static_cast<void>(co_await c->rx.recv());
          } catch (const braid::cancelled&) {
            ++*saw;
          }
          ++*end;
        },
        &ch, &cancelled, &ended);
  }
  pool.reset();
  const int ended_in_time = ended;
  EXPECT_EQ(cancelled, ended_in_time);
  group.join().get();
  EXPECT_EQ(ended_in_time + group.skipped(), 8u) << "all have ended before the destructor returns";
}

}  // namespace
