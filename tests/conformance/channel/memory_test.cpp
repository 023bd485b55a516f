// O4: parking allocates nothing. C7: a steady state allocates nothing, and a burst's memory is given back.
#include "conformance/allocation_count.hpp"
#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using memory_law = each_setting;
using memory_law_where_all_is_kept = each_setting;
BRAID_FOR_EACH_FLAVOUR(memory_law);
BRAID_WHERE_ALL_IS_KEPT(memory_law_where_all_is_kept);

/// A channel that has had a value in its buffer: an unbounded one makes its first block only then.
braid::channel<int> make_used(const flavour& f) {
  braid::channel<int> ch = f.make();
  if (ch.tx.try_send(0)) static_cast<void>(ch.rx.try_recv());
  return ch;
}

TEST_P(memory_law, a_ping_pong_whose_parties_park_each_time_allocates_nothing) {
  auto ping = make_used(flavour);
  auto pong = make_used(flavour);
  std::size_t before = 0, after = 0;
  play.play(sender, [&](self me) -> script {
    for (int i = 0; i < warm_up + measured; ++i) {
      if (i == warm_up) before = allocations();
      static_cast<void>(co_await me(ping.tx.send(i)));
      static_cast<void>(co_await me(pong.rx.recv()));
    }
    after = allocations();
    ping.tx.close();
  });
  play.play(receiver, [&](self me) -> script {
    while (const std::optional<int> v = co_await me(ping.rx.recv())) static_cast<void>(co_await me(pong.tx.send(*v)));
  });
  play.finish();
  EXPECT_EQ(after - before, 0u);
}

TEST_P(memory_law, a_select_that_parks_on_forty_cases_allocates_nothing) {
  using in_t = decltype(std::declval<braid::receiver<int>&>().recv());
  auto ch = make_used(flavour);
  auto quiet = make_used(flavour);
  auto answer = make_used(flavour);
  std::size_t before = 0, after = 0;
  play.play(sender, [&](self me) -> script {
    for (int i = 0; i < warm_up + measured; ++i) {
      if (i == warm_up) before = allocations();
      static_cast<void>(co_await me(ch.tx.send(i)));
      static_cast<void>(co_await me(answer.rx.recv()));
    }
    after = allocations();
    ch.tx.close();
  });
  play.play(receiver, [&](self me) -> script {
    std::vector<std::unique_ptr<in_t>> ops;
    std::vector<braid::operation*> cases;
    for (int i = 0; i < 40; ++i) {
      ops.emplace_back(new in_t((i == 20 ? ch : quiet).rx.recv()));
      cases.push_back(ops.back().get());
    }
    for (;;) {
      static_cast<void>(co_await me(braid::select(cases)));
      if (!ops[20]->result()) break;
      static_cast<void>(co_await me(answer.tx.send(0)));
    }
  });
  play.finish();
  EXPECT_EQ(after - before, 0u);
}

TEST_P(memory_law, a_steady_stream_allocates_nothing) {
  auto ch = flavour.make();
  std::size_t before = 0, after = 0;
  play.play(receiver, [&](self me) -> script {
    for (int i = 0; i < warm_up + measured; ++i) {
      if (flavour.capacity != 0) static_cast<void>(co_await me(ch.tx.send(i)));
      if (i == warm_up) before = allocations();
      std::optional<int> v;
      if (flavour.capacity != 0) {
        v = co_await me(ch.rx.recv());
      } else {
        v = ch.rx.try_recv();
      }
      if (flavour.capacity != 0 && v != i) break;
    }
    after = allocations();
  });
  play.finish();
  EXPECT_NE(before, 0u);
  EXPECT_EQ(after - before, 0u);
}

TEST_P(memory_law_where_all_is_kept, the_memory_of_a_burst_is_given_back_as_it_drains) {
  auto ch = flavour.make();
  const std::size_t before = live_bytes();
  for (int burst = 0; burst < 3; ++burst) {
    const int sent = fill(ch.tx, 100'000);
    if (!flavour.can_be_full()) {
      EXPECT_GT(live_bytes(), before + 100'000 * sizeof(int));
    }
    for (int i = 0; i < sent; ++i) ASSERT_EQ(ch.rx.try_recv(), i);
    EXPECT_LE(live_bytes(), before + 1024);
  }
}

}  // namespace
