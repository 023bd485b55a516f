// R1, R2, R5: how much a rate limiter gives, and when.
#include <array>

#include "braid/runtime/select.hpp"
#include "braid/sync/rate_limiter.hpp"
#include "conformance/players.hpp"

namespace {

using namespace braid::conformance;
using namespace std::chrono_literals;

class rate_law : public each_player {
 protected:
  /// The times at which `count` single tokens were due, taken one after the other.
  void take(braid::rate_limiter& limit, int count) {
    play.play(who, [&, count](self me) -> script {
      for (int i = 0; i < count; ++i) {
        const braid::time_point due = co_await me(limit.acquire());
        times.push_back(due - start);
      }
      done = true;
    });
    while (!done) {
      clock.advance(1ns);
      std::this_thread::yield();
    }
    play.finish();
  }

  braid::manual_clock clock;
  const braid::time_point start = clock.now();
  std::vector<braid::duration> times;
  std::atomic<bool> done{false};
};
BRAID_FOR_EACH_PLAYER(rate_law);

TEST_P(rate_law, in_any_interval_at_most_the_burst_and_what_the_rate_gives_in_it) {
  braid::rate_limiter limit(clock, {.tokens = 3, .per = 7ns, .burst = 4});
  take(limit, 200);
  for (std::size_t a = 0; a < times.size(); ++a)
    for (std::size_t b = a; b < times.size(); ++b) {
      const auto given = static_cast<long>(b - a + 1);
      ASSERT_LE(given * 7, 4 * 7 + 3 * (times[b] - times[a]).count()) << "from " << a << " to " << b;
    }
}

/// A clock whose timers are late: time goes on, and what has become due fires when the test says so.
class late_clock final : public braid::clock {
 public:
  braid::time_point now() const noexcept override { return braid::time_point(braid::duration(now_.load())); }
  void pass(braid::duration by) { now_ += by.count(); }
  void fire_what_is_due() { fire(now()); }

 private:
  std::atomic<braid::duration::rep> now_{1'000'000};
};

TEST_P(rate_law, a_queue_is_served_to_the_nanosecond_without_drift_however_late_the_timers) {
  late_clock late;
  const braid::time_point begin = late.now();
  braid::rate_limiter limit(late, {.tokens = 3, .per = 10ns, .burst = 2});
  EXPECT_TRUE(limit.try_acquire(2));
  std::array<braid::time_point, 16> due;
  for (braid::time_point& mine : due) {
    play.play(who, [&](self me) -> script { mine = co_await me(limit.acquire()); }).wait_until_parked();
  }
  for (int i = 0; i < 3; ++i) {
    late.pass(18ns);  // five tokens of the queue, and a part
    late.fire_what_is_due();
  }
  play.finish();
  for (std::size_t i = 0; i < due.size(); ++i)
    EXPECT_EQ((due[i] - begin).count(), (10 * (static_cast<long>(i) + 1) + 2) / 3) << i;
}

TEST_P(rate_law, a_rate_that_is_set_holds_at_once_and_mints_nothing) {
  braid::rate_limiter limit(clock, {.tokens = 1, .per = 1h, .burst = 2});
  EXPECT_TRUE(limit.try_acquire(2));
  std::atomic<int> given{0};
  play.play(who,
            [&](self me) -> script {
              for (int i = 0; i < 2; ++i) {
                const braid::time_point due = co_await me(limit.acquire());
                times.push_back(due - start);
                ++given;
              }
            })
      .wait_until_parked();
  clock.advance(30min);
  for (int i = 0; i < 50; ++i) limit.set_rate({.tokens = 1, .per = i % 2 ? 10s : 20s, .burst = i % 2 ? 2u : 200u});
  EXPECT_EQ(given, 0) << "half a token is there, however often the rate is set";
  clock.advance(5s);
  while (given == 0) std::this_thread::yield();
  while (given == 1) {
    clock.advance(10s);
    std::this_thread::yield();
  }
  play.finish();
  EXPECT_EQ(times[0], 30min + 5s);
  EXPECT_GE(times[1], 30min + 15s);
}

TEST_P(rate_law, what_can_never_be_given_is_refused_whether_it_is_asked_for_or_waits) {
  braid::rate_limiter limit(clock, {.tokens = 1, .per = 1h, .burst = 2});
  EXPECT_TRUE(limit.try_acquire());
  int refused = 0;
  play.play(who,
            [&](self me) -> script {
              for (const std::uint64_t tokens : {3u, 2u}) {
                try {
                  static_cast<void>(co_await me(limit.acquire(tokens)));
                } catch (const braid::limit_exceeded&) {
                  ++refused;
                }
              }
            })
      .wait_until_parked();
  limit.set_rate({.tokens = 1, .per = 1h, .burst = 1});
  play.finish();
  EXPECT_EQ(refused, 2);
  EXPECT_TRUE(limit.try_acquire()) << "the refused have taken nothing";
}

}  // namespace
