// Waits that are ended from outside: by a cancel, by time, by their owner's end. Either the operation commits or it has
// no effect (law O1), under every schedule.
#include <gtest/gtest.h>

#include "braid/runtime/clock.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"
#include "braid/sync/within.hpp"
#include "explore/abandoned_performer.hpp"
#include "explore/background.hpp"
#include "explore/ledger.hpp"

namespace {

using namespace std::chrono_literals;
using explore::abandoned_performer;
using explore::check;
using explore::ledger;
using explore::world;

// Everything hangs on a context of its own, so that schedules share nothing.
struct cancelled_channel {
  explicit cancelled_channel(std::size_t capacity = 0) : ch(capacity) {}
  braid::manual_clock clock;
  braid::context root{braid::environment{.clock = &clock}};
  braid::cancellable both = braid::with_cancel(root);
  braid::channel<int> ch;
  ledger values;

  void send_within(int v) {
    auto send = ch.tx.send(v);
    try {
      static_cast<void>(braid::within(both.ctx, send).get());
    } catch (const braid::cancelled&) {
      check(!send.result(), "a cancelled send has gone");
    }
    values.settle(send, v);
  }
  bool recv_within() {
    auto recv = ch.rx.recv();
    try {
      return values.take(braid::within(both.ctx, recv).get());
    } catch (const braid::cancelled&) {
      return false;  // had the receive a value, the ledger would miss it
    }
  }
  void drain() {
    while (auto v = ch.rx.try_recv()) values.buffered(*v);
  }
};

TEST(cancel_explored, a_receive_under_a_context_is_ended_by_its_cancel) {
  const auto r = explore::run({.name = "receive within a context against cancel"}, [](world& w) {
    auto s = std::make_shared<cancelled_channel>();
    w.thread([s] { check(!s->recv_within(), "a value that nobody sent"); });
    w.thread([s] { s->both.cancel("enough"); });
    w.at_end([s] { s->values.check_exact(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(cancel_explored, a_send_that_is_cancelled_keeps_its_value) {
  const auto r = explore::run({.name = "send within a context against cancel, then a try_recv"}, [](world& w) {
    auto s = std::make_shared<cancelled_channel>();
    w.thread([s] { s->send_within(0); });
    w.thread([s] {
      s->both.cancel("enough");
      s->values.take(s->ch.rx.try_recv());
    });
    w.at_end([s] { s->values.check_exact(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(cancel_explored, a_delivery_and_a_cancel_exclude_each_other) {
  const auto r = explore::run({.name = "receive within a context against try_send and cancel"}, [](world& w) {
    auto s = std::make_shared<cancelled_channel>();
    w.thread([s] { s->recv_within(); });
    w.thread([s] {
      s->ch.tx.try_send(0) ? s->values.sent(0) : s->values.kept(0);
      s->both.cancel("enough");
    });
    w.at_end([s] { s->values.check_exact(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(cancel_explored, both_sides_under_one_context_against_its_cancel) {
  const auto r = explore::run({.name = "send against receive against cancel", .preemptions = explore::bound_of_three()},
                              [](world& w) {
                                auto s = std::make_shared<cancelled_channel>();
                                w.thread([s] { s->send_within(0); });
                                w.thread([s] { s->recv_within(); });
                                w.thread([s] { s->both.cancel("enough"); });
                                w.at_end([s] { s->values.check_exact(); });
                              });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(cancel_explored, two_cancels_of_parent_and_child_wake_the_wait_once) {
  const auto r = explore::run({.name = "cancel of the parent against cancel of the child against a wait for done",
                               .preemptions = explore::bound_of_three()},
                              [](world& w) {
                                auto s = std::make_shared<cancelled_channel>();
                                auto child = std::make_shared<braid::cancellable>(braid::with_cancel(s->both.ctx));
                                w.thread([s, child] {
                                  child->ctx.done().get();
                                  check(child->ctx.why().has_value(), "done without a cause");
                                });
                                w.thread([s] { s->both.cancel("parent"); });
                                w.thread([child] { child->cancel("child"); });
                                w.at_end([s, child] {});
                              });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(cancel_explored, a_context_made_while_its_parent_is_cancelled_ends_too) {
  const auto r = explore::run({.name = "with_cancel against cancel of the parent"}, [](world& w) {
    auto s = std::make_shared<cancelled_channel>();
    w.thread([s] {
      const braid::cancellable child = braid::with_cancel(s->both.ctx);
      child.ctx.done().get();
    });
    w.thread([s] { s->both.cancel("parent"); });
    w.at_end([s] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(cancel_explored, a_context_may_go_while_its_parent_is_cancelled) {
  const auto r = explore::run({.name = "the child's last handle goes against cancel of the parent"}, [](world& w) {
    auto s = std::make_shared<cancelled_channel>();
    auto child = std::make_shared<std::optional<braid::cancellable>>(braid::with_cancel(s->both.ctx));
    w.thread([child] { child->reset(); });
    w.thread([s] { s->both.cancel("parent"); });
    w.at_end([s] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(cancel_explored, two_selects_that_pair_both_ways_against_a_cancel) {
  const auto r = explore::run(
      {.name = "select against select against cancel", .preemptions = explore::bound_of_three()}, [](world& w) {
        auto s = std::make_shared<cancelled_channel>();
        auto back = std::make_shared<braid::channel<int>>(0);
        const auto either = [s](braid::channel<int>& out, int v, braid::channel<int>& in) {
          auto stop = s->both.ctx.done();
          auto send = out.tx.send(v);
          auto recv = in.rx.recv();
          if (braid::select(braid::biased, stop, send, recv).get() == 2) s->values.take(recv.result());
          s->values.settle(send, v);
        };
        w.thread([s, back, either] { either(s->ch, 0, *back); });
        w.thread([s, back, either] { either(*back, 1, s->ch); });
        w.thread([s] { s->both.cancel("enough"); });
        w.at_end([s, back] {
          s->values.check_exact();
          check(s->values.count_received() <= 1, "two selects paired more than once");
        });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(timeout_explored, a_select_with_a_time_out_receives_or_times_out) {
  const auto r =
      explore::run({.name = "select of a receive and a time-out against try_send and the clock"}, [](world& w) {
        auto s = std::make_shared<cancelled_channel>();
        const auto due = s->clock.now() + 1s;
        w.thread([s, due] {
          auto recv = s->ch.rx.recv();
          braid::after late(s->clock, due);
          const std::size_t won = braid::select(braid::biased, recv, late).get();
          if (won == 0) check(s->values.take(recv.result()), "a receive gave nothing on an open channel");
          if (won == 1) check(s->clock.now() >= late.result(), "too early");
        });
        w.thread([s] {
          s->ch.tx.try_send(0) ? s->values.sent(0) : s->values.kept(0);
          s->clock.advance(1s);
        });
        w.at_end([s] { s->values.check_exact(); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(timeout_explored, a_time_out_races_with_a_sender) {
  const auto r = explore::run({.name = "select of a receive and a time-out against a sender against the clock",
                               .preemptions = explore::bound_of_three()},
                              [](world& w) {
                                auto s = std::make_shared<cancelled_channel>();
                                const auto due = s->clock.now() + 1s;
                                w.thread([s, due] {
                                  auto recv = s->ch.rx.recv();
                                  braid::after late(s->clock, due);
                                  if (braid::select(recv, late).get() == 0) s->values.take(recv.result());
                                  (void)s->ch.rx.close();
                                });
                                w.thread([s] {
                                  auto send = s->ch.tx.send(0);
                                  static_cast<void>(send.get());
                                  s->values.settle(send, 0);
                                });
                                w.thread([s] { s->clock.advance(1s); });
                                w.at_end([s] { s->values.check_exact(); });
                              });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(timeout_explored, a_deadline_of_a_context_ends_the_wait_under_it) {
  const auto r = explore::run({.name = "receive within a deadline against try_send and the clock"}, [](world& w) {
    auto s = std::make_shared<cancelled_channel>();
    auto ctx = std::make_shared<std::optional<braid::context>>(braid::with_timeout(s->root, 1s));
    w.thread([s, ctx] {
      auto recv = s->ch.rx.recv();
      try {
        s->values.take(braid::within(**ctx, recv).get());
      } catch (const braid::timed_out&) {  // had the receive a value, the ledger would miss it
      }
      ctx->reset();
    });
    w.thread([s] {
      s->ch.tx.try_send(0) ? s->values.sent(0) : s->values.kept(0);
      s->clock.advance(1s);
    });
    w.at_end([s, ctx] { s->values.check_exact(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(timeout_explored, a_deadline_context_may_go_while_its_timer_fires) {
  const auto r = explore::run({.name = "the last handle of a deadline goes against the clock"}, [](world& w) {
    auto s = std::make_shared<cancelled_channel>();
    auto ctx = std::make_shared<std::optional<braid::context>>(braid::with_timeout(s->root, 1s));
    w.thread([ctx] { ctx->reset(); });
    w.thread([s] { s->clock.advance(1s); });
    w.at_end([s, ctx] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(destruction_explored, a_parked_operation_that_is_destroyed_is_withdrawn_or_misuse_is_reported) {
  const auto r =
      explore::run({.name = "destruction of a parked send against a receiver", .misuse_allowed = true}, [](world& w) {
        auto s = std::make_shared<cancelled_channel>();
        auto me = std::make_shared<abandoned_performer>();
        w.thread([s, me] {
          auto send = s->ch.tx.send(0);
          braid::operation* cases[] = {&send};
          const auto a =
              braid::detail::begin({cases, braid::detail::choice::single}, *me, braid::detail::shield::no, nullptr);
          a.state == braid::detail::attempt::committed ? s->values.sent(0) : s->values.kept(0);
        });
        w.thread([s] { s->values.take(s->ch.rx.try_recv()); });
        w.at_end([s, me] { s->values.check_exact(); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
  EXPECT_GT(r.misused, 0u) << "no schedule claimed the send before it was destroyed";
  EXPECT_LT(r.misused, r.schedules) << "no schedule withdrew it";
}

TEST(destruction_explored, a_parked_select_that_is_destroyed_is_withdrawn_or_misuse_is_reported) {
  const auto scenario = [](world& w) {
    auto s = std::make_shared<cancelled_channel>();
    auto me = std::make_shared<abandoned_performer>();
    w.thread([s, me] {
      auto recv = s->ch.rx.recv();
      auto stop = s->both.ctx.done();
      braid::operation* cases[] = {&recv, &stop};
      const auto a =
          braid::detail::begin({cases, braid::detail::choice::biased}, *me, braid::detail::shield::no, nullptr);
      if (a.state == braid::detail::attempt::committed && a.index == 0) s->values.take(recv.result());
    });
    w.thread([s] { s->ch.tx.try_send(0) ? s->values.sent(0) : s->values.kept(0); });
    w.thread([s] { s->both.cancel("enough"); });
    w.at_end([s, me] { s->values.check_exact(); });
  };
  const auto r = explore::run({.name = "destruction of a parked select against a sender against cancel",
                               .preemptions = explore::bound_of_three(),
                               .misuse_allowed = true},
                              scenario);
  EXPECT_TRUE(r.ok()) << r.text();
  EXPECT_GT(r.misused, 0u) << "no schedule claimed the select before it was destroyed";
  EXPECT_LT(r.misused, r.schedules) << "no schedule withdrew it";
}

}  // namespace
