// O3 and O12: which of several ready cases wins, whoever performs the select, and wherever the cases stand.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "braid/braid.hpp"
#include "conformance/players.hpp"

namespace {

using namespace braid::conformance;
using namespace std::chrono_literals;
using choice_law = each_player;
BRAID_FOR_EACH_PLAYER(choice_law);

using receive = decltype(std::declval<braid::receiver<int>&>().recv());

/// Each of `won` is as many as chance lets it be. A count of n independent rounds with chance p is further than k from
/// n * p with a probability of at most 2 exp(-2 k^2 / n) (W. Hoeffding, 1963). k is such that this is 10^-13, whatever
/// the seeds: below 10^-10 for all checks of this file together.
void expect_equally_often(const std::vector<int>& won) {
  double rounds = 0;
  for (const int each : won) rounds += each;
  const double expected = rounds / static_cast<double>(won.size());
  const double most_off = std::sqrt(rounds * std::log(2e13) / 2);
  for (std::size_t i = 0; i < won.size(); ++i)
    EXPECT_LT(std::abs(won[i] - expected), most_off) << "ready case " << i << " won " << won[i] << " of " << rounds;
}

/// Cases of one select, each on a channel of its own: 'r'eady, 'i'dle, 'd'isabled though ready, or 'f'inished.
class layout {
 public:
  explicit layout(std::string_view cases) {
    for (const char what : cases) {
      place& at = places_.emplace_back();
      if (what != 'i') static_cast<void>(at.ch.tx.try_send(1));
      if (what == 'd') at.op.disable();
      if (what == 'f') finish(at);
      if (what == 'r') ready_.push_back(list_.size());
      list_.push_back(&at.op);
    }
    won_.resize(ready_.size());
  }
  std::span<braid::operation* const> cases() const noexcept { return list_; }
  /// Counts the winner and makes it ready again.
  void note(std::size_t winner) {
    const auto at = std::find(ready_.begin(), ready_.end(), winner);
    ASSERT_NE(at, ready_.end()) << "case " << winner << " is not ready";
    ++won_[static_cast<std::size_t>(at - ready_.begin())];
    EXPECT_EQ(places_[winner].op.result(), 1);
    EXPECT_TRUE(places_[winner].ch.tx.try_send(1));
  }
  const std::vector<int>& won() const noexcept { return won_; }

 private:
  struct place {
    braid::channel<int> ch{1};
    receive op = ch.rx.recv();
  };
  static void finish(place& at) {
    at.ch.tx.close();
    while (at.op.get()) {
    }
  }
  std::deque<place> places_;
  std::vector<braid::operation*> list_;
  std::vector<std::size_t> ready_;
  std::vector<int> won_;
};

const std::string idle_30(30, 'i');
const std::string layouts[] = {"rr",
                               "iirr",
                               "riir",
                               "iiiiiiiirr",
                               idle_30 + "rr",
                               "rirdddr",
                               "ffffrr",
                               "dddddrr",
                               "rriiiiirr",
                               "r" + idle_30 + "r",
                               "rrirr" + idle_30 + idle_30 + "r"};
constexpr int rounds = 2000;

TEST_P(choice_law, each_ready_case_wins_equally_often_wherever_idle_disabled_and_finished_ones_stand) {
  for (const std::string& cases : layouts) {
    SCOPED_TRACE(cases);
    layout all(cases);
    play.play(who, [&](self me) -> script {
      for (int i = 0; i < rounds; ++i) {
        const std::size_t winner = co_await me(braid::select(all.cases()));
        all.note(winner);
      }
    });
    play.finish();
    expect_equally_often(all.won());
  }
}

TEST_P(choice_law, try_select_takes_each_ready_case_equally_often) {
  for (const std::string& cases : layouts) {
    SCOPED_TRACE(cases);
    layout all(cases);
    play.play(who, [&](self) -> script {
      for (int i = 0; i < rounds; ++i) all.note(braid::try_select(all.cases()));
      co_return;
    });
    play.finish();
    expect_equally_often(all.won());
  }
}

TEST_P(choice_law, a_biased_select_takes_the_first_ready_case_wherever_it_stands) {
  for (const std::string& cases : layouts) {
    SCOPED_TRACE(cases);
    layout all(cases);
    play.play(who, [&](self me) -> script {
      for (int i = 0; i < 20; ++i) {
        const std::size_t winner = co_await me(braid::select(braid::biased, all.cases()));
        all.note(winner);
      }
    });
    play.finish();
    EXPECT_EQ(all.won()[0], 20);
  }
}

/// Which of three receives on one channel, among them a fourth on another one, gets what is sent while they wait.
std::vector<int> winners_on_one_channel(stage& play, player who, auto... biased) {
  std::vector<int> won(3);
  braid::channel<int> ch(0), other(0);
  const actor& waiting = play.play(who, [&](self me) -> script {
    for (int i = 0; i < rounds; ++i) {
      auto a = ch.rx.recv(), b = ch.rx.recv(), c = ch.rx.recv(), d = other.rx.recv();
      const std::size_t winner = co_await me(braid::select(biased..., a, d, b, c));
      ++won.at(winner == 0 ? 0 : winner - 1);
    }
  });
  for (int i = 0; i < rounds; ++i) {
    waiting.wait_until_parked();
    EXPECT_TRUE(ch.tx.try_send(i));
  }
  play.finish();
  return won;
}

TEST_P(choice_law, of_three_cases_that_wait_for_one_channel_each_wins_equally_often) {
  expect_equally_often(winners_on_one_channel(play, who));
}

TEST_P(choice_law, of_three_cases_that_wait_for_one_channel_biased_takes_the_first) {
  EXPECT_EQ(winners_on_one_channel(play, who, braid::biased), (std::vector<int>{rounds, 0, 0}));
}

/// Goes on in one step over times at which several timers become due, as the real clock does when it wakes late.
class late_clock final : public braid::clock {
 public:
  braid::time_point now() const noexcept override { return braid::time_point(braid::duration(now_.load())); }
  void go_on(braid::duration by) {
    now_.store((now().time_since_epoch() + by).count());
    fire(now());
  }

 private:
  std::atomic<braid::duration::rep> now_{0};
};

/// Which of three times that become due in one step wins a select that waits for them, and for one that is not due.
std::vector<int> winners_of_due_times(stage& play, player who, std::array<braid::duration, 3> waits, auto... biased) {
  std::vector<int> won(3);
  late_clock clock;
  const actor& waiting = play.play(who, [&](self me) -> script {
    for (int i = 0; i < rounds; ++i) {
      braid::after never(clock, 1h), a(clock, waits[0]), b(clock, waits[1]), c(clock, waits[2]);
      const std::size_t winner = co_await me(braid::select(biased..., never, a, b, c));
      ++won.at(winner - 1);
    }
  });
  for (int i = 0; i < rounds; ++i) {
    waiting.wait_until_parked();
    clock.go_on(1s);
  }
  play.finish();
  return won;
}

TEST_P(choice_law, of_three_timers_that_are_due_at_once_each_wins_equally_often) {
  expect_equally_often(winners_of_due_times(play, who, {1s, 1s, 1s}));
}

TEST_P(choice_law, of_three_timers_that_a_late_clock_finds_due_each_wins_equally_often) {
  expect_equally_often(winners_of_due_times(play, who, {700ms, 800ms, 600ms}));
}

TEST_P(choice_law, of_three_timers_that_a_late_clock_finds_due_biased_takes_the_first) {
  EXPECT_EQ(winners_of_due_times(play, who, {700ms, 800ms, 600ms}, braid::biased), (std::vector<int>{rounds, 0, 0}));
}

TEST_P(choice_law, of_three_cases_that_wait_for_the_end_of_one_context_each_wins_equally_often) {
  std::vector<int> won(3);
  std::vector<braid::cancellable> limits;
  for (int i = 0; i < rounds; ++i) limits.push_back(braid::with_cancel(braid::context()));
  const actor& waiting = play.play(who, [&](self me) -> script {
    for (const braid::cancellable& limit : limits) {
      auto a = limit.ctx.done(), b = limit.ctx.done(), c = limit.ctx.done();
      const std::size_t winner = co_await me(braid::select(a, b, c));
      ++won.at(winner);
    }
  });
  for (const braid::cancellable& limit : limits) {
    waiting.wait_until_parked();
    limit.cancel();
  }
  play.finish();
  expect_equally_often(won);
}

TEST_P(choice_law, of_two_timers_on_the_real_clock_each_wins_equally_often) {
  // Made a few nanoseconds apart: the clock's thread finds both due but in a rare round.
  std::vector<int> won(2);
  play.play(who, [&](self me) -> script {
    for (int i = 0; i < 400; ++i) {
      braid::after a(200us), b(200us);
      const std::size_t winner = co_await me(braid::select(a, b));
      ++won.at(winner);
    }
  });
  play.finish();
  expect_equally_often(won);
}

}  // namespace
