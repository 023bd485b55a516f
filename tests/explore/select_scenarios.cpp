// Selects that meet selects, sends, receives and closes, under every schedule, with every value accounted for.
#include <gtest/gtest.h>

#include <optional>

#include "braid/runtime/select.hpp"
#include "braid/sync/channel.hpp"
#include "explore/ledger.hpp"

namespace {

using explore::check;
using explore::ledger;
using explore::world;

struct three_channels {
  explicit three_channels(std::size_t capacity = 0)
      : ch{braid::channel<int>(capacity), braid::channel<int>(capacity), braid::channel<int>(capacity)} {}
  braid::channel<int> ch[3];
  ledger values;
  braid::detail::atomic<int> performed{0};

  // Sends `v` on `out` or receives from `in`, whichever goes first; true: it sent. Both results are noted.
  template<class... Biased>
  bool send_or_recv(int out, int v, int in, Biased... biased) {
    auto send = ch[out].tx.send(v);
    auto recv = ch[in].rx.recv();
    const std::size_t won = braid::select(biased..., send, recv).get();
    check(won == 0 || won == 1, "select performed nothing");
    if (won == 1) values.take(recv.result());
    values.settle(send, v);
    performed.fetch_add(1);
    return won == 0;
  }
  void close_all() {
    for (auto& c : ch) c.tx.close();
  }
};

TEST(select_explored, two_selects_that_can_pair_both_ways_pair_once) {
  const auto r = explore::run({.name = "select against select, pairing both ways", .coins = true}, [](world& w) {
    auto s = std::make_shared<three_channels>();
    w.thread([s] { s->send_or_recv(0, 0, 1); });
    w.thread([s] { s->send_or_recv(1, 1, 0); });
    w.at_end([s] {
      s->values.check_exact();
      check(s->values.count_received() == 1, "two selects paired more than once");
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(select_explored, a_select_that_could_pair_with_itself_pairs_with_the_other) {
  // Both offer and take on one channel: law O2, a select never pairs with itself.
  const auto r = explore::run({.name = "select against select on one channel", .coins = true}, [](world& w) {
    auto s = std::make_shared<three_channels>();
    for (int t = 0; t < 2; ++t)
      w.thread([s, t] {
        auto send = s->ch[0].tx.send(t);
        auto recv = s->ch[0].rx.recv();
        if (braid::select(send, recv).get() == 1) {
          const auto got = recv.result();
          check(got.has_value() && *got != t, "a select received what it offers itself");
          s->values.received(*got);
        }
        s->values.settle(send, t);
      });
    w.at_end([s] {
      s->values.check_exact();
      check(s->values.count_received() == 1, "two selects paired more than once");
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(select_explored, in_a_cycle_of_three_one_pair_commits_and_the_third_is_closed_out) {
  const auto r = explore::run({.name = "cycle of three selects", .preemptions = 3}, [](world& w) {
    auto s = std::make_shared<three_channels>();
    for (int t = 0; t < 3; ++t)
      w.thread([s, t] {
        s->send_or_recv(t, t, (t + 2) % 3, braid::biased);
        s->close_all();
      });
    w.at_end([s] {
      s->values.check_exact();
      check(s->performed.load() == 3, "a select has not returned");
      check(s->values.count_received() == 1, "not exactly one pair of the cycle");
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(select_explored, a_select_between_two_senders_takes_one_and_the_other_keeps_its_value) {
  const auto r = explore::run(
      {.name = "select of two receives against two senders", .preemptions = explore::bound_of_three()}, [](world& w) {
        auto s = std::make_shared<three_channels>();
        w.thread([s] {
          auto first = s->ch[0].rx.recv();
          auto second = s->ch[1].rx.recv();
          const std::size_t won = braid::select(first, second).get();
          s->values.take(won == 0 ? first.result() : second.result());
          (void)s->ch[0].rx.close();
          (void)s->ch[1].rx.close();
        });
        for (int t = 0; t < 2; ++t)
          w.thread([s, t] {
            auto send = s->ch[t].tx.send(t);
            static_cast<void>(send.get());
            s->values.settle(send, t);
          });
        w.at_end([s] {
          s->values.check_exact();
          check(s->values.count_received() == 1, "select took more than one value");
        });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(select_explored, a_loser_can_be_performed_again) {
  const auto r = explore::run({.name = "the loser of a select is received again"}, [](world& w) {
    auto s = std::make_shared<three_channels>(1);
    w.thread([s] {
      auto first = s->ch[0].rx.recv();
      auto second = s->ch[1].rx.recv();
      const bool won_first = braid::select(braid::biased, first, second).get() == 0;
      s->values.take(won_first ? first.result() : second.result());
      s->values.take(won_first ? second.get() : first.get());
    });
    w.thread([s] {
      for (int v = 0; v < 2; ++v) {
        auto send = s->ch[v].tx.send(v);
        static_cast<void>(send.get());
        s->values.settle(send, v);
      }
    });
    w.at_end([s] {
      s->values.check_exact();
      check(s->values.count_received() == 2, "a value is missing");
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(select_explored, a_close_ends_the_case_or_the_other_case_wins) {
  const auto r = explore::run({.name = "select against a send and a close", .coins = true}, [](world& w) {
    auto s = std::make_shared<three_channels>();
    w.thread([s] {
      auto first = s->ch[0].rx.recv();
      auto second = s->ch[1].rx.recv();
      const std::size_t won = braid::select(first, second).get();
      if (won == 0) {
        check(!s->values.take(first.result()), "a value that nobody sent");
        check(!first.enabled(), "a closed and drained receive is still a case of select");
      } else {
        check(s->values.take(second.result()), "a receive gave nothing on an open channel");
      }
      (void)s->ch[1].rx.close();
    });
    w.thread([s] {
      s->ch[0].tx.close();
      auto send = s->ch[1].tx.send(0);
      static_cast<void>(send.get());
      s->values.settle(send, 0);
    });
    w.at_end([s] { s->values.check_exact(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(select_explored, a_select_of_a_send_keeps_its_value_when_the_channel_is_closed) {
  const auto r = explore::run({.name = "select of two sends against two closes"}, [](world& w) {
    auto s = std::make_shared<three_channels>();
    w.thread([s] {
      auto first = s->ch[0].tx.send(0);
      auto second = s->ch[1].tx.send(1);
      check(braid::select(first, second).get() != braid::none, "select performed nothing");
      check(!first.result() && !second.result(), "a send on a closed channel said that it went");
      s->values.settle(first, 0);
      s->values.settle(second, 1);
    });
    w.thread([s] {
      (void)s->ch[0].rx.close();
      s->ch[1].tx.close();
    });
    w.at_end([s] { s->values.check_exact(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(select_explored, try_select_against_a_parked_select) {
  const auto r = explore::run({.name = "try_select against select"}, [](world& w) {
    auto s = std::make_shared<three_channels>();
    w.thread([s] { s->send_or_recv(0, 0, 1); });
    w.thread([s] {
      auto recv = s->ch[0].rx.recv();
      auto send = s->ch[1].tx.send(1);
      if (braid::try_select(recv, send) == 0) s->values.take(recv.result());
      s->values.settle(send, 1);
      s->close_all();
    });
    w.at_end([s] { s->values.check_exact(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

}  // namespace
