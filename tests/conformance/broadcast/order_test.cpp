// What a broadcast is: every subscriber sees every value in order, and the slowest one holds up the senders.
#include <map>
#include <mutex>

#include "conformance/allocation_count.hpp"
#include "conformance/broadcast/setting.hpp"
#include "conformance/tagged.hpp"

namespace {

using namespace braid::conformance;
using broadcast_law = each_broadcast;
BRAID_FOR_BROADCASTS(broadcast_law);

TEST_P(broadcast_law, every_subscriber_sees_every_value_of_each_sender_in_order) {
  braid::broadcast<tagged> bc(3);
  for (int s = 0; s < 2; ++s) {
    play.play(sender, [s, tx = bc.tx](self me) -> script {
      for (int i = 0; i < 200; ++i) static_cast<void>(co_await me(tx.emplace(s, i)));
    });
  }
  std::vector<braid::subscriber<tagged>> subscribers;
  for (int r = 0; r < 3; ++r) subscribers.push_back(bc.rx);
  bc.rx.drop();
  bc.tx.drop();
  // Nobody knows when the senders start: so each subscriber checks that it misses nothing after its first value.
  std::array<std::array<int, 2>, 3> last{};
  for (std::size_t r = 0; r < 3; ++r) {
    play.play(r % 2 ? sender : receiver, [&mine = last[r], rx = std::move(subscribers[r])](self me) -> script {
      mine = {-1, -1};
      while (const std::optional<tagged> v = co_await me(rx.recv())) {
        int& before = mine[static_cast<std::size_t>(v->sender)];
        if (before >= 0) {
          EXPECT_EQ(before + 1, v->number);
        }
        before = v->number;
      }
    });
  }
  subscribers.clear();
  play.finish();
  for (const auto& mine : last) EXPECT_EQ(mine, (std::array{199, 199}));
}

TEST_P(broadcast_law, a_copied_subscriber_and_a_new_one_see_what_is_sent_from_then_on) {
  braid::broadcast<int> bc(3);
  EXPECT_TRUE(bc.tx.try_send(1));
  const auto copy = bc.rx;
  const auto fresh = bc.tx.subscribe();
  EXPECT_TRUE(bc.tx.try_send(2));
  EXPECT_EQ(bc.rx.size(), 2u);
  EXPECT_EQ(copy.try_recv(), 2);
  EXPECT_EQ(fresh.try_recv(), 2);
  EXPECT_EQ(bc.rx.try_recv(), 1);
  EXPECT_EQ(bc.rx.try_recv(), 2);
  for (const auto* rx : {&std::as_const(bc.rx), &copy, &fresh}) EXPECT_EQ(rx->try_recv(), std::nullopt);
}

TEST_P(broadcast_law, one_send_is_received_by_every_subscriber_that_waits) {
  braid::broadcast<int> bc(1);
  std::vector<braid::subscriber<int>> subscribers{bc.rx, bc.rx, bc.rx};
  bc.rx.drop();
  for (const auto& rx : subscribers) {
    play.play(receiver,
              [&rx](self me) -> script {
                const std::optional<int> v = co_await me(rx.recv());
                EXPECT_EQ(v, 7);
              })
        .wait_until_parked();
  }
  EXPECT_TRUE(bc.tx.try_send(7));
  play.finish();
  EXPECT_TRUE(bc.tx.try_send(8)) << "the only slot is free again: all have seen its value";
}

TEST_P(broadcast_law, a_send_waits_for_the_slowest_subscriber) {
  braid::broadcast<int> bc(3);
  const auto slow = bc.rx;
  const int sent = fill(bc.tx);
  EXPECT_EQ(sent, 3);
  for (int i = 0; i < sent; ++i) EXPECT_EQ(bc.rx.try_recv(), i);
  park_sender(bc.tx, sent);
  EXPECT_EQ(bc.rx.try_recv(), std::nullopt) << "there is no room for it yet";
  EXPECT_EQ(slow.try_recv(), 0);
  play.finish();
  EXPECT_EQ(bc.rx.try_recv(), sent);
}

TEST_P(broadcast_law, a_sender_that_waits_goes_on_once_the_last_copy_has_been_made) {
  braid::broadcast<int> bc(1);
  const auto other = bc.rx;
  EXPECT_TRUE(bc.tx.try_send(1));
  auto in = bc.rx.recv();
  EXPECT_EQ(braid::try_select(in), 0u);
  EXPECT_EQ(other.try_recv(), 1);
  park_sender(bc.tx, 2);
  EXPECT_EQ(in.result(), 1);
  play.finish();
  EXPECT_EQ(other.try_recv(), 2);
}

TEST_P(broadcast_law, waiting_senders_are_served_first_in_first_out) {
  braid::broadcast<int> bc(3);
  const int sent = fill(bc.tx);
  for (int i = sent; i < sent + 4; ++i) park_sender(bc.tx, i);
  for (int i = 0; i < sent + 4; ++i) EXPECT_EQ(bc.rx.try_recv(), i);
  play.finish();
}

TEST_P(broadcast_law, receives_on_one_subscriber_compete_first_in_first_out) {
  braid::broadcast<int> bc(3);
  std::array<int, 4> got{};
  for (int& mine : got) {
    play.play(receiver, [&](self me) -> script { mine = (co_await me(bc.rx.recv())).value_or(-1); })
        .wait_until_parked();
  }
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(bc.tx.try_send(i));
  play.finish();
  EXPECT_EQ(got, (std::array{0, 1, 2, 3}));
}

TEST_P(broadcast_law, a_subscriber_that_goes_holds_up_nobody_any_more) {
  braid::broadcast<int> bc(3);
  std::optional<braid::subscriber<int>> slow(bc.rx);
  const int sent = fill(bc.tx);
  for (int i = 0; i < sent; ++i) EXPECT_EQ(bc.rx.try_recv(), i);
  park_sender(bc.tx, 90);
  slow.reset();
  play.finish();
  EXPECT_EQ(bc.rx.try_recv(), 90);
  EXPECT_EQ(bc.tx.dropped(), 0u) << "somebody has received all";
}

TEST_P(broadcast_law, try_forms_never_wait) {
  braid::broadcast<std::shared_ptr<int>> bc(1);
  EXPECT_EQ(bc.rx.try_recv(), std::nullopt);
  EXPECT_FALSE(bc.rx.closed());
  EXPECT_TRUE(bc.tx.try_send(std::make_shared<int>(1)));
  auto value = std::make_shared<int>(2);
  EXPECT_FALSE(bc.tx.try_send(std::move(value)));
  EXPECT_TRUE(value) << "it has moved nothing";
}

TEST_P(broadcast_law, iteration_sees_every_value_until_it_is_closed) {
  braid::broadcast<int> bc(3);
  int next = 0;
  if (receiver != player::thread) {
    play.play(receiver, [&](self me) -> script {
      while (const auto v = co_await me(bc.rx.recv())) EXPECT_EQ(*v, next++);
    });
  }
  play.play(sender, [tx = std::move(bc.tx)](self me) -> script {
    for (int i = 0; i < 50; ++i) static_cast<void>(co_await me(tx.send(i)));
  });
  if (receiver == player::thread) {
    for (const int v : bc.rx) EXPECT_EQ(v, next++);
  }
  play.finish();
  EXPECT_EQ(next, 50);
}

TEST_P(broadcast_law, a_steady_stream_to_two_subscribers_that_park_allocates_nothing) {
  braid::broadcast<int> bc(2);
  auto answers = braid::channel<int>(2);
  std::size_t before = 0, after = 0;
  for (int r = 0; r < 2; ++r) {
    play.play(receiver, [&answers, rx = bc.rx](self me) -> script {
      while (const std::optional<int> v = co_await me(rx.recv())) static_cast<void>(co_await me(answers.tx.send(*v)));
    });
  }
  bc.rx.drop();
  play.play(sender, [&](self me) -> script {
    for (int i = 0; i < 400; ++i) {
      if (i == 100) before = allocations();
      static_cast<void>(co_await me(bc.tx.send(i)));
      for (int r = 0; r < 2; ++r) static_cast<void>(co_await me(answers.rx.recv()));
    }
    after = allocations();
    bc.tx.close();
  });
  play.finish();
  EXPECT_NE(before, 0u);
  EXPECT_EQ(after - before, 0u);
}

TEST_P(broadcast_law, subscribers_that_come_and_go_see_a_piece_without_gaps_and_no_value_is_lost) {
  constexpr int count = 2000;
  std::mutex mutex;
  std::map<int, int> received, dropped;
  braid::broadcast<int> bc(3, {.on_drop = [&](int&& v) {
                             std::lock_guard guard(mutex);
                             ++dropped[v];
                           }});
  auto joined = braid::channel<int>(braid::conflated);
  int sent = 0;
  play.play(sender, [&](self me) -> script {
    auto out = bc.tx.send(0);
    while (sent < count) {
      const bool accepted = co_await me(out);
      if (accepted) {
        out.refill(++sent);
      } else {
        static_cast<void>(co_await me(joined.rx.recv()));  // nobody subscribes just now
      }
    }
    bc.tx.close();
  });
  for (std::uint32_t r = 0; r < 3; ++r) {
    play.play(receiver, [&, random = braid::random_engine(r + 1)](self me) mutable -> script {
      for (bool open = true; open;) {
        const braid::subscriber<int> mine = bc.tx.subscribe();
        static_cast<void>(joined.tx.try_send(1));
        int last = -1;
        for (std::uint32_t n = random.below(20); n > 0 && open; --n) {
          const std::optional<int> v = co_await me(mine.recv());
          open = v.has_value();
          if (!v) break;
          if (last >= 0) {
            EXPECT_EQ(last + 1, *v);
          }
          last = *v;
          std::lock_guard guard(mutex);
          ++received[*v];
        }
      }
    });
  }
  bc.rx.drop();
  play.finish();
  for (int v = 0; v < sent; ++v) EXPECT_EQ((received.count(v) ? 1 : 0) + dropped[v], 1) << v;
  EXPECT_EQ(received.size() + static_cast<std::size_t>(std::count_if(dropped.begin(), dropped.end(),
                                                                     [](const auto& d) { return d.second == 1; })),
            static_cast<std::size_t>(sent));
}

}  // namespace
