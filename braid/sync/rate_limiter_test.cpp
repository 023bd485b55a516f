#include "braid/sync/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "braid/runtime/inline_executor_test.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/within.hpp"

using namespace std::chrono_literals;
using braid::fixture::inline_executor;

namespace {

/// A grant: who, and when its tokens were there.
using grant = std::pair<int, braid::duration>;
using grants = std::vector<grant>;

class rate_limiter : public testing::Test {
 protected:
  inline_executor here_;
  braid::manual_clock clock_;
  const braid::time_point start_ = clock_.now();
  const braid::context ctx_{braid::environment{.executor = &here_, .clock = &clock_}};
};
class rate_limiter_death : public rate_limiter {
 protected:
  rate_limiter_death() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

/// Tasks that acquire one after the other. Made after the limiter: when it goes nobody waits any more.
class token_queue {
 public:
  token_queue(const braid::context& ctx, braid::rate_limiter& from)
      : from_(from), start_(ctx.env().clock->now()), group_(ctx) {}
  ~token_queue() { leave(); }
  /// One more task: it notes its number and when it was due.
  void join(std::uint64_t tokens, int number) {
    group_.spawn(
        [](token_queue* q, std::uint64_t n, int who) -> braid::task<> {
          try {
            const braid::time_point due = co_await q->from_.acquire(n);
            q->given_.emplace_back(who, due - q->start_);
          } catch (const braid::limit_exceeded&) {
            q->refused_.push_back(who);
          }
        },
        this, tokens, number);
  }
  /// Those who wait give up.
  void leave() {
    group_.cancel();
    try {
      group_.join().get();
    } catch (const braid::timed_out&) {  // the group's context was given a deadline
    }
  }
  const grants& given() const { return given_; }
  const std::vector<int>& refused() const { return refused_; }

 private:
  braid::rate_limiter& from_;
  const braid::time_point start_;
  braid::task_group group_;
  grants given_;
  std::vector<int> refused_;
};

}  // namespace

TEST_F(rate_limiter, gives_a_burst_at_once_and_then_one_by_one) {
  braid::rate_limiter limit(clock_, {.tokens = 10, .per = 1s, .burst = 3});
  token_queue others(ctx_, limit);
  for (int i = 0; i < 5; ++i) others.join(1, i);
  EXPECT_EQ(others.given(), (grants{{0, 0ms}, {1, 0ms}, {2, 0ms}}));
  clock_.advance(1s);
  EXPECT_EQ(others.given(), (grants{{0, 0ms}, {1, 0ms}, {2, 0ms}, {3, 100ms}, {4, 200ms}}));
}

TEST_F(rate_limiter, gives_to_a_waiting_thread_when_its_token_is_there) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 1});
  EXPECT_EQ(limit.acquire().get(), start_);
  std::thread t([&] { EXPECT_EQ(limit.acquire().get(), start_ + 1s); });
  clock_.advance(1s);
  t.join();
}

TEST_F(rate_limiter, serves_in_order_and_holds_up_the_small_behind_the_large) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 4});
  token_queue others(ctx_, limit);
  EXPECT_TRUE(limit.try_acquire(2));
  others.join(4, 1);
  others.join(1, 2);
  EXPECT_TRUE(others.given().empty()) << "1 is there, but the 4 before it are not";
  EXPECT_FALSE(limit.try_acquire()) << "nor does a try overtake";
  clock_.advance(3s);
  EXPECT_EQ(others.given(), (grants{{1, 2s}, {2, 3s}}));
}

TEST_F(rate_limiter, those_behind_one_that_gives_up_are_served_at_once) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 4});
  token_queue others(ctx_, limit);
  EXPECT_TRUE(limit.try_acquire(3));
  token_queue large(ctx_, limit);
  large.join(4, 0);
  others.join(1, 1);
  clock_.advance(1s);
  others.join(2, 2);
  EXPECT_TRUE(others.given().empty());
  large.leave();
  EXPECT_EQ(others.given(), (grants{{1, 1s}}));
  clock_.advance(1s);
  EXPECT_EQ(others.given(), (grants{{1, 1s}, {2, 2s}}));
}

TEST_F(rate_limiter, a_case_of_select_that_loses_takes_nothing) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 1});
  braid::after now(clock_, 0s);
  auto token = limit.acquire();
  EXPECT_EQ(braid::select(braid::biased, now, token).get(), 0u);
  EXPECT_TRUE(limit.try_acquire());
}

TEST_F(rate_limiter, a_token_that_lost_to_a_time_out_is_the_next_ones) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 2s, .burst = 1});
  EXPECT_TRUE(limit.try_acquire());
  token_queue hasty(braid::with_timeout(ctx_, 1s), limit);
  hasty.join(1, 0);
  clock_.advance(1s);
  token_queue others(ctx_, limit);
  others.join(1, 1);
  clock_.advance(1s);
  EXPECT_TRUE(hasty.given().empty());
  EXPECT_EQ(others.given(), (grants{{1, 1s}})) << "2 s after the first";
}

TEST_F(rate_limiter, a_new_rate_holds_for_those_who_wait) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 10s, .burst = 1});
  token_queue others(ctx_, limit);
  EXPECT_TRUE(limit.try_acquire());
  others.join(1, 1);
  others.join(1, 2);
  clock_.advance(5s);
  limit.set_rate({.tokens = 1, .per = 2s, .burst = 1});
  EXPECT_EQ(limit.rate(), (braid::rate{.tokens = 1, .per = 2s, .burst = 1}));
  clock_.advance(10s);
  EXPECT_EQ(others.given(), (grants{{1, 6s}, {2, 8s}})) << "half a token was there at 5 s";
}

TEST_F(rate_limiter, a_slower_rate_puts_off_those_who_wait) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 1});
  token_queue others(ctx_, limit);
  EXPECT_TRUE(limit.try_acquire());
  others.join(1, 1);
  limit.set_rate({.tokens = 1, .per = 4s, .burst = 1});
  clock_.advance(3s);
  EXPECT_TRUE(others.given().empty());
  clock_.advance(1s);
  EXPECT_EQ(others.given(), (grants{{1, 4s}}));
}

TEST_F(rate_limiter, a_larger_burst_gives_nothing_by_itself) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 1});
  EXPECT_TRUE(limit.try_acquire());
  limit.set_rate({.tokens = 1, .per = 1s, .burst = 100});
  EXPECT_FALSE(limit.try_acquire());
}

TEST_F(rate_limiter, refuses_at_once_what_its_burst_can_never_hold) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 10}, "mail");
  try {
    limit.acquire(11).get();
    FAIL();
  } catch (const braid::limit_exceeded& e) {
    EXPECT_STREQ(e.what(),
                 "acquire(11) of rate limiter 'mail' can never be: the burst is 10. Ask for less at a time, or set a "
                 "rate with a larger burst first");
  }
  EXPECT_THROW(static_cast<void>(limit.try_acquire(11)), braid::limit_exceeded);
  EXPECT_TRUE(limit.try_acquire(10));
}

TEST_F(rate_limiter, a_smaller_burst_refuses_those_who_wait_for_more_and_serves_those_behind) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 4});
  token_queue others(ctx_, limit);
  EXPECT_TRUE(limit.try_acquire(2));
  others.join(4, 1);
  others.join(2, 2);
  limit.set_rate({.tokens = 1, .per = 1s, .burst = 2});
  EXPECT_EQ(others.refused(), std::vector{1});
  EXPECT_EQ(others.given(), (grants{{2, 0s}}));
}

TEST_F(rate_limiter, an_acquire_that_was_refused_is_performed_once_the_burst_allows_it) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 1});
  auto op = limit.acquire(2);
  EXPECT_THROW(op.get(), braid::limit_exceeded);
  limit.set_rate({.tokens = 1, .per = 1s, .burst = 2});
  clock_.advance(1s);
  EXPECT_EQ(op.get(), start_ + 1s);
}

TEST_F(rate_limiter, a_token_that_never_comes_arms_no_timer_and_hurts_nobody) {
  braid::rate_limiter limit(clock_, {.tokens = 1, .per = braid::duration::max(), .burst = 1});
  token_queue others(ctx_, limit);
  EXPECT_TRUE(limit.try_acquire());
  others.join(1, 1);
  clock_.advance(braid::duration::max());
  EXPECT_TRUE(others.given().empty());
}

TEST_F(rate_limiter, stands_on_the_clock_of_the_tasks_context) {
  braid::task_group group(ctx_);
  bool given = false;
  group.spawn(
      [](bool* out) -> braid::task<> {
        braid::rate_limiter limit({.tokens = 1, .per = 24h, .burst = 1});
        co_await limit.acquire();
        co_await limit.acquire();
        *out = true;
      },
      &given);
  EXPECT_FALSE(given);
  clock_.advance(24h);
  EXPECT_TRUE(given);
  group.join().get();
}

TEST_F(rate_limiter, on_the_real_clock_keeps_its_rate_however_late_the_timers) {
  braid::rate_limiter limit(braid::real_clock(), {.tokens = 1000, .per = 1s, .burst = 1});
  const braid::time_point first = limit.acquire().get();
  for (int i = 1; i <= 20; ++i) {
    EXPECT_GE(limit.acquire().get(), first + i * 1ms);
    EXPECT_GE(std::chrono::steady_clock::now(), first + i * 1ms);
  }
}

TEST_F(rate_limiter_death, destroying_it_while_somebody_waits_ends_the_program) {
  const auto outlive = [&] {
    braid::rate_limiter limit(clock_, {.tokens = 1, .per = 1s, .burst = 1});
    token_queue others(ctx_, limit);
    EXPECT_TRUE(limit.try_acquire());
    others.join(1, 1);
    limit.~rate_limiter();
  };
  EXPECT_DEATH(outlive(), "a rate limiter was destroyed while an operation waits");
}
