// Acquires against releases, resizes, cancels and the end of a parked acquire, under every schedule: permits are
// counted exactly, and whoever can go on does (a schedule in which somebody is left waiting is a deadlock).
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "braid/runtime/select.hpp"
#include "braid/sync/rate_limiter.hpp"
#include "braid/sync/semaphore.hpp"
#include "braid/sync/within.hpp"
#include "explore/abandoned_performer.hpp"
#include "explore/background.hpp"
#include "explore/explore.hpp"

namespace {

using namespace std::chrono_literals;
using explore::abandoned_performer;
using explore::check;
using explore::world;

struct shared_semaphore {
  explicit shared_semaphore(std::size_t capacity, std::size_t held_at_first = 0) : sem(capacity) {
    if (held_at_first > 0) held = *sem.try_acquire(held_at_first);
  }
  braid::manual_clock clock;
  braid::context root{braid::environment{.clock = &clock}};
  braid::cancellable both = braid::with_cancel(root);
  braid::semaphore sem;
  braid::permit held;
  braid::detail::atomic<int> inside{0};
  braid::detail::atomic<int> served{0};

  /// Acquires, is counted inside, and gives it back.
  void visit(std::size_t weight, int most) {
    const braid::permit mine = sem.acquire(weight).get();
    const int now = inside.fetch_add(static_cast<int>(weight)) + static_cast<int>(weight);
    check(now <= most, "more permits are out than the capacity");
    inside.fetch_sub(static_cast<int>(weight));
    served.fetch_add(1);
  }
  /// The same unless the context is cancelled first.
  void visit_within(std::size_t weight) {
    try {
      const braid::permit mine = braid::within(both.ctx, sem.acquire(weight)).get();
      check(mine.weight() == weight, "an acquire gave another weight");
      served.fetch_add(1);
    } catch (const braid::cancelled&) {  // had it a permit, one would be missing at the end
    }
  }
  void check_all_back() { check(sem.held() == 0, "a permit was lost, or came back twice"); }
};

/// The calling thread, for as long as this lives, is one line of control under a context, as a task is: what it
/// performs is ended by a cancel that may come while it parks.
class under final : public braid::detail::performer {
 public:
  explicit under(const braid::context& ctx) : performer(ctx.env(), ctx.scope().get()), ctx_(ctx), guard_(*this) {
    ctx_.scope()->enroll(*this);
  }
  ~under() { ctx_.scope()->leave(*this); }

 private:
  const braid::context& ctx_;
  braid::detail::current_performer_guard guard_;
};

explore::options three(const char* name) {
  return {.name = name, .preemptions = explore::bound_of_three()};
}

TEST(semaphore_explored, two_threads_take_turns) {
  const auto r = explore::run({.name = "two acquires of a semaphore of one"}, [](world& w) {
    auto s = std::make_shared<shared_semaphore>(1);
    for (int t = 0; t < 2; ++t) w.thread([s] { s->visit(1, 1); });
    w.at_end([s] {
      s->check_all_back();
      check(s->served.load() == 2, "an acquire has not returned");
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(semaphore_explored, three_threads_with_two_weights_take_turns) {
  const auto r = explore::run(three("acquires of 2, 1 and 1 of a semaphore of two"), [](world& w) {
    auto s = std::make_shared<shared_semaphore>(2);
    w.thread([s] { s->visit(2, 2); });
    for (int t = 0; t < 2; ++t) w.thread([s] { s->visit(1, 2); });
    w.at_end([s] {
      s->check_all_back();
      check(s->served.load() == 3, "an acquire has not returned");
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(semaphore_explored, an_acquire_and_a_cancel_exclude_each_other) {
  const auto r = explore::run(three("acquire within a context against release against cancel"), [](world& w) {
    auto s = std::make_shared<shared_semaphore>(1, 1);
    w.thread([s] { s->visit_within(1); });
    w.thread([s] { s->held.release(); });
    w.thread([s] { s->both.cancel("enough"); });
    w.at_end([s] { s->check_all_back(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(semaphore_explored, one_that_is_cancelled_at_the_head_lets_the_next_go_on) {
  // Nobody releases: the small one is served only because the large one leaves.
  const auto r = explore::run(three("acquire of 2 within a context against acquire of 1 against cancel"), [](world& w) {
    auto s = std::make_shared<shared_semaphore>(2, 1);
    w.thread([s] { s->visit_within(2); });
    w.thread([s] { s->visit(1, 1); });
    w.thread([s] { s->both.cancel("enough"); });
    w.at_end([s] {
      check(s->served.load() == 1, "the large one cannot have been served");
      s->held.release();
      s->check_all_back();
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(semaphore_explored, a_task_that_is_cancelled_while_it_parks_lets_the_next_go_on) {
  const auto r =
      explore::run(three("acquire of 2 by a task against acquire of 1 against cancel of the task"), [](world& w) {
        auto s = std::make_shared<shared_semaphore>(2, 1);
        w.thread([s] {
          const under task(s->both.ctx);
          try {
            static_cast<void>(s->sem.acquire(2).get());
            check(false, "the large one cannot have been served");
          } catch (const braid::cancelled&) {
          }
        });
        w.thread([s] { s->visit(1, 1); });
        w.thread([s] { s->both.cancel("enough"); });
        w.at_end([s] {
          s->held.release();
          s->check_all_back();
        });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(semaphore_explored, a_select_of_two_acquires_takes_from_one_and_the_loser_can_be_performed_again) {
  const auto r = explore::run(three("select of two acquires against two releases"), [](world& w) {
    auto a = std::make_shared<shared_semaphore>(1, 1);
    auto b = std::make_shared<shared_semaphore>(1, 1);
    auto kept = std::make_shared<std::array<braid::permit, 2>>();
    w.thread([a, b, kept] {
      auto from_a = a->sem.acquire();
      auto from_b = b->sem.acquire();
      const bool won_a = braid::select(from_a, from_b).get() == 0;
      auto& loser = won_a ? from_b : from_a;
      (*kept)[0] = won_a ? from_a.result() : from_b.result();
      if (braid::try_select(loser) == 0) (*kept)[1] = loser.result();  // had it a permit, that would be misuse
    });
    w.thread([a] { a->held.release(); });
    w.thread([b] { b->held.release(); });
    w.at_end([a, b, kept] {
      check((*kept)[0].weight() == 1, "a select gave nothing");
      check(a->sem.held() + b->sem.held() == 1 + (*kept)[1].weight(), "a permit was lost, or given twice");
      for (braid::permit& p : *kept) p.release();
      a->check_all_back();
      b->check_all_back();
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(semaphore_explored, a_resize_to_less_refuses_or_comes_too_late) {
  const auto r = explore::run(three("acquire of 2 against release against resize to 1"), [](world& w) {
    auto s = std::make_shared<shared_semaphore>(2, 1);
    w.thread([s] {
      try {
        const braid::permit mine = s->sem.acquire(2).get();
        check(mine.weight() == 2, "an acquire gave another weight");
      } catch (const braid::limit_exceeded&) {  // had it a permit, one would be missing at the end
      }
    });
    w.thread([s] { s->held.release(); });
    w.thread([s] { s->sem.resize(1); });
    w.at_end([s] {
      s->check_all_back();
      check(s->sem.try_acquire().has_value(), "the semaphore gives nothing any more");
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(semaphore_explored, growing_serves_those_who_wait) {
  const auto r = explore::run(three("two acquires against resize to 2"), [](world& w) {
    auto s = std::make_shared<shared_semaphore>(1, 1);
    for (int t = 0; t < 2; ++t) w.thread([s] { s->visit(1, 1); });
    w.thread([s] { s->sem.resize(2); });
    w.at_end([s] {
      check(s->served.load() == 2, "an acquire has not returned");
      s->held.release();
      s->check_all_back();
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(semaphore_explored, a_parked_acquire_that_is_destroyed_lets_the_next_go_on_or_misuse_is_reported) {
  const auto r = explore::run({.name = "destruction of a parked acquire against acquire against release",
                               .preemptions = explore::bound_of_three(),
                               .misuse_allowed = true},
                              [](world& w) {
                                auto s = std::make_shared<shared_semaphore>(2, 1);
                                auto me = std::make_shared<abandoned_performer>();
                                w.thread([s, me] {
                                  auto op = s->sem.acquire(2);
                                  braid::operation* cases[] = {&op};
                                  static_cast<void>(braid::detail::begin({cases, braid::detail::choice::single}, *me,
                                                                         braid::detail::shield::no, nullptr));
                                });
                                w.thread([s] { s->visit(1, 2); });
                                w.thread([s] { s->held.release(); });
                                w.at_end([s, me] {
                                  s->check_all_back();
                                  check(s->served.load() == 1, "an acquire has not returned");
                                });
                              });
  EXPECT_TRUE(r.ok()) << r.text();
  EXPECT_GT(r.misused, 0u) << "no schedule gave the permit before the acquire was destroyed";
  EXPECT_LT(r.misused, r.schedules) << "no schedule withdrew it";
}

TEST(semaphore_explored, it_may_be_destroyed_once_the_last_permit_is_back) {
  const auto r = explore::run({.name = "release against acquire and destruction of the semaphore"}, [](world& w) {
    auto sem = std::make_shared<std::unique_ptr<braid::semaphore>>(new braid::semaphore(1));
    auto held = std::make_shared<braid::permit>(*(*sem)->try_acquire());
    w.thread([held] { held->release(); });
    w.thread([sem] {
      static_cast<void>((*sem)->acquire().get());
      sem->reset();
    });
    w.at_end([] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

struct shared_limiter {
  braid::manual_clock clock;
  braid::context root{braid::environment{.clock = &clock}};
  braid::cancellable both = braid::with_cancel(root);
  braid::rate_limiter limit{clock, {.tokens = 1, .per = 1s, .burst = 2}};
  const braid::time_point start = clock.now();
  braid::detail::atomic<int> given{0};

  explicit shared_limiter(std::uint64_t left) {
    if (left < 2) check(limit.try_acquire(2 - left), "a full bucket gave nothing");
  }
  void take_within(std::uint64_t tokens) {
    try {
      static_cast<void>(braid::within(both.ctx, limit.acquire(tokens)).get());
      given.fetch_add(static_cast<int>(tokens));
    } catch (const braid::cancelled&) {
    }
  }
};

TEST(rate_limiter_explored, a_token_and_a_cancel_exclude_each_other) {
  const auto r =
      explore::run(three("acquire of a token within a context against the clock against cancel"), [](world& w) {
        auto s = std::make_shared<shared_limiter>(0);
        w.thread([s] { s->take_within(1); });
        w.thread([s] { s->clock.advance(1s); });
        w.thread([s] { s->both.cancel("enough"); });
        w.at_end(
            [s] { check(s->limit.try_acquire() == (s->given.load() == 0), "a token was given to nobody, or twice"); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(rate_limiter_explored, one_that_is_cancelled_at_the_head_lets_the_next_go_on) {
  // The clock stands still: the small one is served only because the large one leaves.
  const auto r =
      explore::run(three("acquire of 2 tokens within a context against acquire of 1 against cancel"), [](world& w) {
        auto s = std::make_shared<shared_limiter>(1);
        w.thread([s] { s->take_within(2); });
        w.thread([s] {
          static_cast<void>(s->limit.acquire().get());
          s->given.fetch_add(1);
        });
        w.thread([s] { s->both.cancel("enough"); });
        w.at_end([s] { check(s->given.load() == 1, "the large one cannot have been served"); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(rate_limiter_explored, a_task_that_is_cancelled_while_it_parks_leaves_no_timer_behind) {
  const auto r = explore::run({.name = "acquire of a token by a task against its cancel"}, [](world& w) {
    auto s = std::make_shared<shared_limiter>(0);
    w.thread([s] {
      const under task(s->both.ctx);
      try {
        static_cast<void>(s->limit.acquire().get());
        check(false, "the clock stands still");
      } catch (const braid::cancelled&) {
      }
    });
    w.thread([s] { s->both.cancel("enough"); });
    w.at_end([s] { s->clock.advance(1s); });  // would fire a timer that was left
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(rate_limiter_explored, a_new_rate_and_the_clock_serve_those_who_wait) {
  const auto r = explore::run(three("acquire of a token against the clock against a new rate"), [](world& w) {
    auto s = std::make_shared<shared_limiter>(0);
    w.thread([s] {
      const braid::time_point due = s->limit.acquire().get();
      check(due == s->start + 500ms || due == s->start + 1s || due == s->start + 750ms, "due at another time");
    });
    w.thread([s] { s->clock.advance(1s); });
    w.thread([s] { s->limit.set_rate({.tokens = 2, .per = 1s, .burst = 2}); });
    w.at_end([s] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

}  // namespace
