// Sends against receives, and both against close, under every schedule, with every value accounted for.
#include <gtest/gtest.h>

#include "braid/sync/channel.hpp"
#include "explore/ledger.hpp"

namespace {

using explore::check;
using explore::ledger;
using explore::world;

struct one_channel {
  explicit one_channel(std::size_t capacity) : ch(capacity) {}
  braid::channel<int> ch;
  ledger values;

  void send(int v) {
    auto op = ch.tx.send(v);
    static_cast<void>(op.get());
    values.settle(op, v);
  }
  bool recv() { return values.take(ch.rx.recv().get()); }
  void drain() {
    while (auto v = ch.rx.try_recv()) values.buffered(*v);
  }
};

// Each thread: the values it sends, or -1 for a receive.
using script = std::vector<int>;

explore::result run_scripts(const explore::options& how, std::size_t capacity, const std::vector<script>& threads) {
  return explore::run(how, [&](world& w) {
    auto s = std::make_shared<one_channel>(capacity);
    for (const script& steps : threads)
      w.thread([s, &steps] {
        for (const int step : steps) {
          if (step >= 0) {
            s->send(step);
          } else {
            check(s->recv(), "a receive gave nothing on an open channel");
          }
        }
      });
    w.at_end([s] {
      s->drain();
      s->values.check_exact();
    });
  });
}

TEST(channel_explored, a_rendezvous_hands_over_each_value_once) {
  const auto r = run_scripts({.name = "rendezvous: two sends against two receives"}, 0, {{0, 1}, {-1, -1}});
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, a_rendezvous_with_two_senders_serves_both) {
  const auto r =
      run_scripts({.name = "rendezvous: two senders against a receiver", .preemptions = explore::bound_of_three()}, 0,
                  {{0}, {1}, {-1, -1}});
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, a_rendezvous_with_two_receivers_serves_both) {
  const auto r =
      run_scripts({.name = "rendezvous: a sender against two receivers", .preemptions = explore::bound_of_three()}, 0,
                  {{0, 1}, {-1}, {-1}});
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, a_rendezvous_of_two_senders_and_two_receivers_serves_all) {
  const int preemptions = explore::long_form() ? 3 : 2;
  const auto r = run_scripts({.name = "rendezvous: two senders against two receivers", .preemptions = preemptions}, 0,
                             {{0}, {1}, {-1}, {-1}});
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, a_full_buffer_holds_the_sender_until_a_value_is_taken) {
  const auto r = run_scripts({.name = "buffer of one: three sends against two receives"}, 1, {{0, 1, 2}, {-1, -1}});
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, a_buffer_with_two_senders_loses_nothing) {
  const auto r =
      run_scripts({.name = "buffer of one: two senders against a receiver", .preemptions = explore::bound_of_three()},
                  1, {{0}, {1}, {-1, -1}});
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, try_send_against_try_recv) {
  const auto r = explore::run({.name = "buffer of one: try_send against try_recv"}, [](world& w) {
    auto s = std::make_shared<one_channel>(1);
    w.thread([s] {
      for (const int v : {0, 1}) s->ch.tx.try_send(v) ? s->values.sent(v) : s->values.kept(v);
    });
    w.thread([s] {
      for (int i = 0; i < 2; ++i) s->values.take(s->ch.rx.try_recv());
    });
    w.at_end([s] {
      s->drain();
      s->values.check_exact();
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, a_close_by_the_sender_lets_what_was_sent_drain) {
  for (const std::size_t capacity : {0u, 1u}) {
    const auto r =
        explore::run({.name = "send and close against receives, capacity " + std::to_string(capacity)}, [=](world& w) {
          auto s = std::make_shared<one_channel>(capacity);
          w.thread([s] {
            s->send(0);
            s->ch.tx.close();
          });
          w.thread([s] {
            check(s->recv(), "a value sent before the close did not arrive");
            check(!s->recv(), "a value came out of a closed and drained channel");
          });
          w.at_end([s] { s->values.check_exact(); });
        });
    EXPECT_TRUE(r.ok()) << r.text();
  }
}

TEST(channel_explored, a_close_by_the_receiver_fails_or_returns_every_send) {
  for (const std::size_t capacity : {0u, 1u}) {
    const auto r = explore::run({.name = "sends against close by the receiver, capacity " + std::to_string(capacity)},
                                [=](world& w) {
                                  auto s = std::make_shared<one_channel>(capacity);
                                  w.thread([s] {
                                    s->send(0);
                                    s->send(1);
                                  });
                                  w.thread([s] {
                                    for (const int v : s->ch.rx.close()) s->values.buffered(v);
                                  });
                                  w.at_end([s] { s->values.check_exact(); });
                                });
    EXPECT_TRUE(r.ok()) << r.text();
  }
}

TEST(channel_explored, two_closers_from_either_end_wake_both_sides_once) {
  const auto r =
      explore::run({.name = "two closers against a receive", .preemptions = explore::bound_of_three()}, [](world& w) {
        auto s = std::make_shared<one_channel>(0);
        w.thread([s] { check(!s->recv(), "a value that nobody sent"); });
        w.thread([s] { s->ch.tx.close(); });
        w.thread([s] { (void)s->ch.rx.close(); });
        w.at_end([s] { check(s->ch.rx.closed(), "not closed"); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, two_closers_against_a_send) {
  const auto r =
      explore::run({.name = "two closers against a send", .preemptions = explore::bound_of_three()}, [](world& w) {
        auto s = std::make_shared<one_channel>(0);
        w.thread([s] { s->send(0); });
        w.thread([s] { s->ch.tx.close(); });
        w.thread([s] { (void)s->ch.rx.close(); });
        w.at_end([s] {
          s->values.check_exact();
          check(s->values.count_received() == 0, "a value that nobody took");
        });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, the_last_sender_to_go_closes) {
  const auto r = explore::run({.name = "the last sender goes against a receive"}, [](world& w) {
    auto s = std::make_shared<std::pair<one_channel, std::optional<braid::receiver<int>>>>(std::piecewise_construct,
                                                                                           std::tuple(1), std::tuple());
    auto tx = std::make_shared<std::optional<braid::sender<int>>>(std::move(s->first.ch.tx));
    w.thread([s, tx] {
      check((*tx)->try_send(0), "no room in an empty buffer");
      s->first.values.sent(0);
      tx->reset();
    });
    w.thread([s] {
      check(s->first.recv(), "a value sent before the last sender went did not arrive");
      check(!s->first.recv(), "a value came out of a closed and drained channel");
    });
    w.at_end([s] { s->first.values.check_exact(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(channel_explored, both_ends_may_go_at_once) {
  const auto r = explore::run({.name = "the last sender goes against the last receiver"}, [](world& w) {
    auto* made = new braid::channel<int>(1);
    auto tx = std::make_shared<std::optional<braid::sender<int>>>(std::move(made->tx));
    auto rx = std::make_shared<std::optional<braid::receiver<int>>>(std::move(made->rx));
    delete made;
    w.thread([tx] {
      static_cast<void>((*tx)->try_send(0));
      tx->reset();
    });
    w.thread([rx] { rx->reset(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

}  // namespace
