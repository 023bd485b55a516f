// What select answers is true at one instant (law O12), under every schedule: another thread makes cases ready and
// unready while the select polls them one after the other.
#include <gtest/gtest.h>

#include "braid/runtime/select.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/within.hpp"
#include "explore/explore.hpp"

namespace {

using explore::check;
using explore::world;

/// At every moment `first` or `last` has something to receive: last has from the start, and loses it only after first
/// has got it.
struct moving {
  braid::channel<int> first{1}, last{1}, always{1};
  moving() {
    check(last.tx.try_send(1), "there was room");
    check(always.tx.try_send(1), "there was room");
  }
  void move() {
    static_cast<void>(first.tx.try_send(1));
    static_cast<void>(last.rx.try_recv());
  }
  void move_by_close() {
    first.tx.close();
    static_cast<void>(last.rx.try_recv());
  }
};

template<class Move, class Select>
explore::result run_moving(const char* name, Move move, Select select) {
  return explore::run({.name = name, .coins = true}, [&](world& w) {
    auto s = std::make_shared<moving>();
    w.thread([s, select] { select(*s); });
    w.thread([s, move] { move(*s); });
  });
}

void never_none(moving& s) {
  auto first = s.first.rx.recv(), last = s.last.rx.recv();
  check(braid::try_select(first, last) != braid::none, "try_select said none although a case was ready all the time");
}

TEST(choice_explored, try_select_never_says_none_while_one_of_two_cases_is_ready_at_every_moment) {
  const auto r = run_moving(
      "try_select against a mover", [](moving& s) { s.move(); }, never_none);
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(choice_explored, try_select_never_says_none_while_a_value_goes_and_a_close_comes) {
  const auto r = run_moving(
      "try_select against a close", [](moving& s) { s.move_by_close(); }, never_none);
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(choice_explored, a_biased_select_takes_its_last_case_only_if_none_before_it_was_ready) {
  const auto biased = [](moving& s) {
    auto first = s.first.rx.recv(), last = s.last.rx.recv(), always = s.always.rx.recv();
    check(braid::select(braid::biased, first, last, always).get() != 2, "a later case won over one that was ready");
  };
  const auto r = run_moving(
      "biased select with a case that is always ready", [](moving& s) { s.move(); }, biased);
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(choice_explored, a_biased_select_finds_a_case_before_a_time_that_has_passed) {
  const auto in_no_time = [](moving& s) {
    braid::manual_clock clock;
    auto first = s.first.rx.recv(), last = s.last.rx.recv();
    braid::after limit(clock, braid::duration::zero());
    check(braid::select(braid::biased, first, last, limit).get() != 2, "a passed time won over a case that was ready");
  };
  const auto r = run_moving(
      "biased select with a passed time", [](moving& s) { s.move(); }, in_no_time);
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(choice_explored, a_biased_select_never_takes_what_came_after_the_case_before_it) {
  const auto r = explore::run({.name = "biased select against two sends"}, [](world& w) {
    auto s = std::make_shared<moving>();
    w.thread([s] {
      auto first = s->first.rx.recv(), second = s->last.rx.recv();
      static_cast<void>(second.get());
      check(braid::select(braid::biased, first, second).get() == 0, "the second case won, which became ready later");
    });
    w.thread([s] {
      static_cast<void>(s->first.tx.try_send(1));
      static_cast<void>(s->last.tx.send(1).get());
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

struct limited {
  braid::channel<int> ch{1};
  braid::context root{braid::environment{}};
  braid::cancellable both = braid::with_cancel(root);
  braid::manual_clock clock;
};

template<class Select>
explore::result run_limited(const char* name, void (*limit)(limited&), Select select) {
  return explore::run({.name = name}, [&](world& w) {
    auto s = std::make_shared<limited>();
    w.thread([s, select] { select(*s); });
    w.thread([s, limit] {
      limit(*s);
      static_cast<void>(s->ch.tx.try_send(1));
    });
  });
}

TEST(choice_explored, a_context_that_ended_before_the_send_wins_over_the_receive) {
  const auto r = run_limited(
      "biased select against a cancel and a send", [](limited& s) { s.both.cancel("over"); },
      [](limited& s) {
        auto done = s.both.ctx.done();
        auto in = s.ch.rx.recv();
        check(braid::select(braid::biased, done, in).get() == 0, "a receive won over a context that had ended before");
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(choice_explored, within_a_context_that_ended_before_the_send_nothing_is_received) {
  const auto r = run_limited(
      "within against a cancel and a send", [](limited& s) { s.both.cancel("over"); },
      [](limited& s) {
        auto in = s.ch.rx.recv();
        check(!braid::try_within(s.both.ctx, in).get(), "a receive won over a context that had ended before");
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(choice_explored, a_time_that_passed_before_the_send_wins_over_the_receive) {
  const auto r = run_limited(
      "biased select against a clock and a send", [](limited& s) { s.clock.advance(std::chrono::seconds(1)); },
      [](limited& s) {
        braid::after limit(s.clock, std::chrono::seconds(1));
        auto in = s.ch.rx.recv();
        const std::size_t won = braid::select(braid::biased, limit, in).get();
        // Made after the clock had gone on, the limit is never reached.
        check(won == 0 || s.clock.now() < limit.result(), "a receive won over a time that had passed before");
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

}  // namespace
