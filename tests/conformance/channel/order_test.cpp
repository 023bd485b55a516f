// C4: first in first out per sender and receiver. O6: any mix of threads and tasks on either end.
#include <deque>
#include <map>

#include "conformance/flavours.hpp"
#include "conformance/tagged.hpp"

namespace {

using namespace braid::conformance;
using order_law = each_setting;
BRAID_WHERE_ALL_IS_KEPT(order_law);

TEST_P(order_law, values_of_one_sender_arrive_in_the_order_sent) {
  auto ch = flavour.make();
  play.play(sender, [tx = std::move(ch.tx)](self me) -> script {
    for (int i = 0; i < 500; ++i) static_cast<void>(co_await me(tx.send(i)));
  });
  int next = 0;
  play.play(receiver, [&](self me) -> script {
    while (const std::optional<int> v = co_await me(ch.rx.recv())) EXPECT_EQ(*v, next++);
  });
  play.finish();
  EXPECT_EQ(next, 500);
}

constexpr int senders = 4, receivers = 3, values_each = 150;

/// Four senders and three receivers, played by turns by both players: each receiver checks that what it gets of each
/// sender ascends. Gives how often each value of each sender arrived.
std::map<std::pair<int, int>, int> crowd(stage& play, const flavour& f, player one, player other) {
  auto ch = f.make<tagged>();
  for (int s = 0; s < senders; ++s) {
    play.play(s % 2 ? one : other, [s, tx = ch.tx](self me) -> script {
      for (int i = 0; i < values_each; ++i) static_cast<void>(co_await me(tx.emplace(s, i)));
    });
  }
  { const auto gone = std::move(ch.tx); }
  std::vector<std::vector<tagged>> got(receivers);
  for (int r = 0; r < receivers; ++r) {
    play.play(r % 2 ? one : other, [&mine = got[static_cast<std::size_t>(r)], rx = ch.rx](self me) -> script {
      while (const std::optional<tagged> v = co_await me(rx.recv())) mine.push_back(*v);
    });
  }
  play.finish();
  std::map<std::pair<int, int>, int> seen;
  for (const std::vector<tagged>& mine : got) {
    int last[senders] = {-1, -1, -1, -1};
    for (const tagged& v : mine) {
      EXPECT_LT(std::exchange(last[v.sender], v.number), v.number) << "of sender " << v.sender;
      ++seen[{v.sender, v.number}];
    }
  }
  return seen;
}

TEST_P(order_law, each_of_many_receivers_sees_each_senders_values_ascend_and_each_value_arrives_once) {
  const auto seen = crowd(play, flavour, sender, receiver);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(senders * values_each));
  for (const auto& [value, times] : seen) EXPECT_EQ(times, 1);
}

TEST_P(order_law, threads_and_tasks_mix_on_both_ends) {
  const auto seen = crowd(play, flavour, player::thread, player::task_of_two_workers);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(senders * values_each));
  for (const auto& [value, times] : seen) EXPECT_EQ(times, 1);
}

TEST_P(order_law, one_thread_sees_a_queue) {
  auto ch = flavour.make();
  std::deque<int> model;
  braid::random_engine random(stage::seed);
  for (int step = 0; step < 5000; ++step) {
    if (random.below(100) < 52) {
      const bool room = !flavour.can_be_full() || model.size() < flavour.capacity;
      ASSERT_EQ(ch.tx.try_send(step), room);
      if (room) model.push_back(step);
    } else {
      const std::optional<int> v = ch.rx.try_recv();
      ASSERT_EQ(v.has_value(), !model.empty());
      if (!v) continue;
      ASSERT_EQ(*v, model.front());
      model.pop_front();
    }
    ASSERT_EQ(ch.rx.size(), model.size());
  }
}

}  // namespace
