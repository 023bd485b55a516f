// The parker, the spin lock and the claim word, under every schedule.
#include <gtest/gtest.h>

#include "braid/base/spin_lock.hpp"
#include "braid/runtime/parker.hpp"
#include "braid/runtime/performer.hpp"
#include "explore/explore.hpp"

namespace {

using braid::detail::atomic;
using braid::detail::parker;
using braid::detail::spin_lock;
using explore::check;
using explore::world;

struct parked_thread {
  parker p;
  atomic<int> done{0};
};

TEST(parker_explored, an_unpark_before_while_or_after_the_park_is_not_lost) {
  const auto r = explore::run({.name = "parker: unpark against park", .spurious = 2}, [](world& w) {
    auto s = std::make_shared<parked_thread>();
    w.thread([s] {
      s->p.park();
      check(s->done.load() == 1, "park returned without a token");
    });
    w.thread([s] {
      s->done.store(1);
      s->p.unpark();
    });
    w.at_end([s] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(parker_explored, two_unparks_wake_two_parks_or_count_as_one) {
  const auto r = explore::run({.name = "parker: two unparkers"}, [](world& w) {
    auto s = std::make_shared<parked_thread>();
    w.thread([s] {
      while (s->done.load() < 2) s->p.park();
    });
    for (int i = 0; i < 2; ++i)
      w.thread([s] {
        s->done.fetch_add(1);
        s->p.unpark();
      });
    w.at_end([s] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(parker_explored, a_token_that_races_with_the_deadline_is_taken_or_still_there) {
  const auto r = explore::run(
      {.name = "parker: unpark against deadline", .timeouts = explore::unlimited, .spurious = 1}, [](world& w) {
        auto s = std::make_shared<parked_thread>();
        w.thread([s] {
          if (!s->p.park_until({})) s->p.park();
        });
        w.thread([s] { s->p.unpark(); });
        w.at_end([s] {});
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(parker_explored, the_unparkers_last_touch_comes_before_the_sleeper_can_destroy_the_parker) {
  const auto r = explore::run({.name = "parker: destroyed by the woken thread"}, [](world& w) {
    auto s = std::make_shared<parker*>(new parker);
    w.thread([s] {
      (*s)->park();
      delete *s;
    });
    w.thread([s] { (*s)->unpark(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

struct locked_count {
  spin_lock lock;
  atomic<int> inside{0};
};

void enter(locked_count& s) {
  s.lock.lock();
  check(s.inside.fetch_add(1) == 0, "two threads inside the lock");
  s.inside.fetch_sub(1);
  s.lock.unlock();
}

TEST(spin_lock_explored, lets_one_thread_in) {
  const auto r = explore::run({.name = "spin lock: two threads, twice each"}, [](world& w) {
    auto s = std::make_shared<locked_count>();
    for (int t = 0; t < 2; ++t)
      w.thread([s] {
        enter(*s);
        enter(*s);
      });
    w.at_end([s] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(spin_lock_explored, lets_one_of_three_threads_in) {
  const auto r = explore::run({.name = "spin lock: three threads"}, [](world& w) {
    auto s = std::make_shared<locked_count>();
    for (int t = 0; t < 3; ++t) w.thread([s] { enter(*s); });
    w.at_end([s] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(spin_lock_explored, try_lock_gets_it_or_leaves_it) {
  const auto r = explore::run({.name = "spin lock: try_lock"}, [](world& w) {
    auto s = std::make_shared<locked_count>();
    w.thread([s] { enter(*s); });
    w.thread([s] {
      if (!s->lock.try_lock()) return;
      check(s->inside.fetch_add(1) == 0, "two threads inside the lock");
      s->inside.fetch_sub(1);
      s->lock.unlock();
    });
    w.at_end([s] {});
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

// The lock goes from the set-up to a thread, which the analysis cannot follow.
void take(spin_lock& lock) BRAID_UNCHECKED_LOCKING {
  lock.lock();
}
void let_go(spin_lock& lock) BRAID_UNCHECKED_LOCKING {
  lock.unlock();
}

TEST(spin_lock_explored, may_be_destroyed_by_whoever_takes_it_next) {
  const auto r = explore::run({.name = "spin lock: destroyed by the next holder"}, [](world& w) {
    auto s = std::make_shared<locked_count*>(new locked_count);
    take((*s)->lock);
    w.thread([s] { let_go((*s)->lock); });
    w.thread([s] {
      (*s)->lock.lock();
      (*s)->lock.unlock();
      delete *s;
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

class lone_performer final : public braid::detail::performer {
 public:
  lone_performer() : performer(braid::environment{}, nullptr) {}
};

struct claimed_performer {
  lone_performer who;
  atomic<unsigned> winners{0};
};

TEST(claim_explored, of_two_claimers_one_wins_and_its_outcome_is_read) {
  const auto r = explore::run({.name = "claim word: two claimers"}, [](world& w) {
    auto s = std::make_shared<claimed_performer>();
    s->who.open(braid::detail::shield::no, nullptr);
    for (unsigned k = 0; k < 2; ++k)
      w.thread([s, k] {
        if (s->who.claim(k)) s->winners.fetch_add(1u << (8 * k));
      });
    w.at_end([s] {
      const unsigned winners = s->winners.load();
      check(winners == 1 || winners == 0x100, "not exactly one claim won");
      check(s->who.won() == (winners == 1 ? 0u : 1u), "the outcome is not the winner's");
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(claim_explored, a_cancel_and_a_claimer_exclude_each_other) {
  const auto r = explore::run({.name = "claim word: cancel against two claimers"}, [](world& w) {
    auto s = std::make_shared<claimed_performer>();
    w.thread([s] {
      if (s->who.claim_cancelled()) s->winners.fetch_add(1);
    });
    for (unsigned k = 0; k < 2; ++k)
      w.thread([s, k] {
        if (s->who.claim(k)) s->winners.fetch_add(1);
      });
    s->who.open(braid::detail::shield::no, nullptr);
    w.at_end([s] { check(s->winners.load() == 1, "not exactly one claim won"); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(claim_explored, a_shielded_word_is_left_alone_by_a_cancel) {
  const auto r = explore::run({.name = "claim word: cancel against a shielded wait"}, [](world& w) {
    auto s = std::make_shared<claimed_performer>();
    s->who.open(braid::detail::shield::yes, nullptr);
    w.thread([s] { check(!s->who.claim_cancelled(), "a cancel claimed a shielded performer"); });
    w.thread([s] { check(s->who.claim(3), "the peer's claim failed"); });
    w.at_end([s] { check(s->who.won() == 3, "the outcome is not the peer's"); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

}  // namespace
