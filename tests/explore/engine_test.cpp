// The explorer shows on small programs with known faults that it finds each kind, and that it counts right.
#include <gtest/gtest.h>

#include <memory>

#include "explore/atomic.hpp"
#include "explore/explore.hpp"

namespace {

using braid::detail::atomic;
using braid::detail::futex_wait;
using braid::detail::futex_wait_until;
using braid::detail::futex_wake_one;
using explore::reduction;
using explore::world;
using word = atomic<std::uint32_t>;

struct two_words {
  word a{0}, b{0};
};

// Destroyed in the world's clean-up, outside the explored threads: destruction adds no steps.
template<class State>
std::shared_ptr<State> shared(world& w) {
  auto state = std::make_shared<State>();
  w.at_end([state] {});
  return state;
}

void stores_to_one_word(world& w, int threads, int stores) {
  auto s = shared<two_words>(w);
  for (int t = 0; t < threads; ++t)
    w.thread([s, stores] {
      for (int i = 0; i < stores; ++i) s->a.store(1);
    });
}

TEST(explorer, two_threads_of_three_steps_on_one_word_have_20_schedules) {
  for (const auto kind : {reduction::none, reduction::sleep, reduction::dynamic}) {
    const auto r = explore::run({.kind = kind}, [](world& w) { stores_to_one_word(w, 2, 3); });
    EXPECT_TRUE(r.ok()) << r.text();
    EXPECT_EQ(r.schedules, 20u);
    EXPECT_EQ(r.depth, 6);
    EXPECT_EQ(r.preemptions, 4);  // a b a b a b: five switches, the last from an ended thread
  }
}

TEST(explorer, three_threads_of_two_steps_on_one_word_have_90_schedules) {
  for (const auto kind : {reduction::none, reduction::sleep, reduction::dynamic}) {
    const auto r = explore::run({.kind = kind}, [](world& w) { stores_to_one_word(w, 3, 2); });
    EXPECT_TRUE(r.ok()) << r.text();
    EXPECT_EQ(r.schedules, 90u);
  }
}

TEST(explorer, a_bound_of_no_preemptions_leaves_the_orders_of_whole_threads) {
  for (const auto kind : {reduction::none, reduction::dynamic}) {
    const auto r = explore::run({.preemptions = 0, .kind = kind}, [](world& w) { stores_to_one_word(w, 3, 4); });
    EXPECT_EQ(r.schedules, 6u);
    EXPECT_EQ(r.preemptions, 0);
  }
}

TEST(explorer, one_preemption_of_two_threads_of_three_steps_has_6_schedules) {
  // a whole, b whole; a cut after 1 or 2 steps, then b whole, then a; the same with b first.
  const auto r =
      explore::run({.preemptions = 1, .kind = reduction::none}, [](world& w) { stores_to_one_word(w, 2, 3); });
  EXPECT_EQ(r.schedules, 6u);
  EXPECT_EQ(r.preemptions, 1);
}

void steps_on_separate_words(world& w) {
  auto s = shared<two_words>(w);
  w.thread([s] { s->a.store(1), s->a.store(2), s->a.store(3); });
  w.thread([s] { s->b.store(1), s->b.store(2), s->b.store(3); });
}

TEST(explorer, steps_that_commute_are_explored_in_one_order) {
  EXPECT_EQ(explore::run({.kind = reduction::none}, steps_on_separate_words).schedules, 20u);
  EXPECT_EQ(explore::run({.kind = reduction::sleep}, steps_on_separate_words).schedules, 1u);
  EXPECT_EQ(explore::run({.kind = reduction::dynamic}, steps_on_separate_words).schedules, 1u);
}

TEST(explorer, loads_commute_with_loads) {
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<two_words>(w);
    for (int t = 0; t < 2; ++t) w.thread([s] { (void)s->a.load(), (void)s->a.load(); });
  });
  EXPECT_EQ(r.schedules, 1u);
}

TEST(explorer, a_choice_is_explored_for_every_value) {
  auto seen = std::make_shared<unsigned>(0);
  const auto r = explore::run({}, [seen](world& w) {
    w.thread([seen] { *seen |= 1u << explore::choose(8); });
    w.thread([seen] { *seen |= 256u << explore::choose(3); });
  });
  EXPECT_EQ(r.schedules, 24u);
  EXPECT_EQ(*seen, 0x7FFu);
}

TEST(explorer, finds_a_lost_update) {
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<two_words>(w);
    for (int t = 0; t < 2; ++t) w.thread([s] { s->a.store(s->a.load() + 1); });
    w.at_end([s] { explore::check(s->a.load() == 2, "an update was lost"); });
  });
  EXPECT_FALSE(r.ok());
  EXPECT_NE(r.failure.find("an update was lost"), std::string::npos) << r.text();
  EXPECT_NE(r.trace.find("store #0 0x1"), std::string::npos) << r.text();
}

TEST(explorer, passes_the_update_made_with_one_operation) {
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<two_words>(w);
    for (int t = 0; t < 2; ++t) w.thread([s] { s->a.fetch_add(1); });
    w.at_end([s] { explore::check(s->a.load() == 2, "an update was lost"); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
  EXPECT_EQ(r.schedules, 2u);
}

TEST(explorer, a_failing_schedule_can_be_replayed) {
  const auto scenario = [](world& w) {
    auto s = shared<two_words>(w);
    for (int t = 0; t < 2; ++t) w.thread([s] { s->a.store(s->a.load() + 1); });
    w.at_end([s] { explore::check(s->a.load() == 2, "an update was lost"); });
  };
  const auto found = explore::run({}, scenario);
  ASSERT_FALSE(found.ok());
  setenv("BRAID_EXPLORE_REPLAY", ("lost update=" + found.schedule).c_str(), 1);
  const auto again = explore::run({.name = "lost update"}, scenario);
  const auto other = explore::run({.name = "no update"}, steps_on_separate_words);
  unsetenv("BRAID_EXPLORE_REPLAY");
  EXPECT_EQ(again.failure, found.failure);
  EXPECT_EQ(again.schedules, 1u);
  EXPECT_TRUE(other.ok());
}

TEST(explorer, a_schedule_survives_its_string) {
  const std::vector<explore::choice> schedule{{0, 0}, {0, 0}, {1, 0}, {1, 2}, {2, 0}};
  const auto text = explore::format_schedule(schedule.data(), schedule.size());
  EXPECT_EQ(text, "a2b1b.2c1");
  std::vector<explore::choice> back;
  EXPECT_TRUE(explore::parse_schedule(text, back));
  EXPECT_EQ(back, schedule);
  for (const char* bad : {"a", "z1", "a0", "3", "a.9", "a1x"}) EXPECT_FALSE(explore::parse_schedule(bad, back)) << bad;
}

TEST(explorer, finds_a_lost_wake_up_of_check_then_sleep) {
  // The sleeper says that it sleeps only after it looked; the waker wakes only who says so.
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<two_words>(w);
    w.thread([s] {
      if (s->a.load() == 0) {
        s->b.store(1);
        futex_wait(s->b, 1);
      }
    });
    w.thread([s] {
      s->a.store(1);
      if (s->b.exchange(0) == 1) futex_wake_one(s->b);
    });
  });
  EXPECT_FALSE(r.ok());
  EXPECT_NE(r.failure.find("deadlock: a sleeps on"), std::string::npos) << r.text();
}

TEST(explorer, says_so_when_the_word_of_a_sleeper_has_changed) {
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<two_words>(w);
    w.thread([s] { futex_wait(s->a, 0); });
    w.thread([s] { s->a.store(1); });
  });
  EXPECT_NE(r.failure.find("a lost wake-up"), std::string::npos) << r.text();
}

TEST(explorer, passes_a_wait_whose_word_is_looked_at_again_by_the_futex) {
  const auto r = explore::run({.spurious = 2}, [](world& w) {
    auto s = shared<two_words>(w);
    w.thread([s] {
      while (s->a.load() == 0) futex_wait(s->a, 0);
    });
    w.thread([s] {
      s->a.store(1);
      futex_wake_one(s->a);
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(explorer, finds_a_wait_that_trusts_a_single_wake_up) {
  const auto scenario = [](world& w) {
    auto s = shared<two_words>(w);
    w.thread([s] {
      futex_wait(s->a, 0);
      explore::check(s->a.load() == 1, "woken too early");
    });
    w.thread([s] {
      s->a.store(1);
      futex_wake_one(s->a);
    });
  };
  EXPECT_TRUE(explore::run({}, scenario).ok());
  EXPECT_FALSE(explore::run({.spurious = 1}, scenario).ok());
}

TEST(explorer, a_timed_wait_expires_only_when_told_so) {
  const auto scenario = [](world& w) {
    auto s = shared<two_words>(w);
    w.thread([s] {
      const bool woken = futex_wait_until(s->a, 0, {});
      explore::check(woken, "timed out");
    });
    w.thread([s] {
      s->a.store(1);
      futex_wake_one(s->a);
    });
  };
  EXPECT_TRUE(explore::run({}, scenario).ok());
  EXPECT_NE(explore::run({.timeouts = explore::unlimited}, scenario).failure.find("timed out"), std::string::npos);
}

void lock_word(word& w) {
  while (w.exchange(1) == 1) spin_wait(w, 1u);
}
void unlock_word(word& w) {
  w.store(0);
}

TEST(explorer, finds_a_deadlock_of_two_locks_taken_in_opposite_orders) {
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<two_words>(w);
    w.thread([s] { lock_word(s->a), lock_word(s->b), unlock_word(s->b), unlock_word(s->a); });
    w.thread([s] { lock_word(s->b), lock_word(s->a), unlock_word(s->a), unlock_word(s->b); });
  });
  EXPECT_NE(r.failure.find("deadlock: a waits for #1 at"), std::string::npos) << r.text();
  EXPECT_NE(r.failure.find("b waits for #0 at"), std::string::npos) << r.text();
}

TEST(explorer, passes_two_locks_taken_in_one_order) {
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<two_words>(w);
    for (int t = 0; t < 2; ++t)
      w.thread([s] { lock_word(s->a), lock_word(s->b), unlock_word(s->b), unlock_word(s->a); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

struct published {
  word done{0};
  word touched_after{0};
};

TEST(explorer, finds_a_touch_of_an_atomic_after_it_was_published_to_its_destroyer) {
  const auto r = explore::run({}, [](world& w) {
    auto s = std::make_shared<std::unique_ptr<published>>(std::make_unique<published>());
    auto* p = s->get();
    w.thread([p] {
      p->done.store(1);
      p->touched_after.store(1);
    });
    w.thread([s, p] {
      spin_wait(p->done, 0u);
      s->reset();
    });
  });
  EXPECT_NE(r.failure.find("an operation on an atomic"), std::string::npos) << r.text();
}

TEST(explorer, finds_a_touch_of_a_dead_atomic_on_another_threads_stack) {
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<atomic<published*>>(w);
    w.thread([s] {
      published here;
      s->store(&here);
      spin_wait(here.done, 0u);
    });
    w.thread([s] {
      spin_wait(*s, static_cast<published*>(nullptr));
      published* p = s->load();
      p->done.store(1);
      p->touched_after.store(1);
    });
  });
  EXPECT_NE(r.failure.find("an operation on"), std::string::npos) << r.text();
}

TEST(explorer, a_wake_up_of_a_dead_word_is_no_touch) {
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<atomic<word*>>(w);
    w.thread([s] {
      word here{0};
      s->store(&here);
      while (here.load() == 0) futex_wait(here, 0);
    });
    w.thread([s] {
      spin_wait(*s, static_cast<word*>(nullptr));
      word* p = s->load();
      p->store(1);
      futex_wake_one(*p);
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(explorer, finds_a_schedule_that_does_not_end) {
  const auto r = explore::run({.max_steps = 100}, [](world& w) {
    auto s = shared<two_words>(w);
    w.thread([s] {
      while (s->a.load() == 0) {
      }
    });
    w.thread([s] { s->a.store(1); });
  });
  EXPECT_NE(r.failure.find("does not end"), std::string::npos) << r.text();
}

TEST(explorer, finds_a_program_that_is_not_deterministic) {
  auto runs = std::make_shared<int>(0);
  const auto r = explore::run({}, [runs](world& w) {
    auto s = shared<two_words>(w);
    const bool odd = ++*runs % 2 == 1;
    w.thread([s, odd] { (odd ? s->a : s->b).store(1), s->a.store(2), s->b.store(2); });
    w.thread([s] { s->a.store(2), s->b.store(2); });
  });
  EXPECT_NE(r.failure.find("not deterministic"), std::string::npos) << r.text();
}

TEST(explorer, an_exception_that_leaves_a_thread_fails_the_schedule) {
  const auto r = explore::run({}, [](world& w) { w.thread([] { throw std::runtime_error("broken"); }); });
  EXPECT_NE(r.failure.find("an exception left the thread: broken"), std::string::npos) << r.text();
}

TEST(explorer, a_thread_may_be_switched_away_inside_a_catch_block) {
  const auto r = explore::run({}, [](world& w) {
    auto s = shared<two_words>(w);
    for (int t = 0; t < 2; ++t)
      w.thread([s, t] {
        try {
          throw t;
        } catch (int mine) {
          s->a.fetch_add(1);
          explore::check(mine == t, "another thread's exception");
          try {
            throw;
          } catch (int again) {
            explore::check(again == t, "another thread's exception, rethrown");
          }
        }
      });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(explorer, a_search_cut_short_is_a_failure) {
  const auto r = explore::run({.max_schedules = 19}, [](world& w) { stores_to_one_word(w, 2, 3); });
  EXPECT_NE(r.failure.find("nothing is proved"), std::string::npos);
}

// G. Peterson, "Myths about the mutual exclusion problem", 1981.
struct peterson {
  word wants[2]{0, 0};
  word turn{0};
  word inside{0};
};

void enter_peterson(world& w, bool raise_first) {
  auto s = shared<peterson>(w);
  for (std::uint32_t me = 0; me < 2; ++me)
    w.thread([s, me, raise_first] {
      const std::uint32_t other = 1 - me;
      if (raise_first) s->wants[me].store(1);
      s->turn.store(other);
      if (!raise_first) s->wants[me].store(1);
      // Two tries instead of a loop: who gets in on neither just leaves.
      for (int tries = 0; tries < 2; ++tries)
        if (s->wants[other].load() == 0 || s->turn.load() == me) {
          explore::check(s->inside.fetch_add(1) == 0, "two threads inside");
          s->inside.fetch_sub(1);
          break;
        }
      s->wants[me].store(0);
    });
}

TEST(explorer, passes_petersons_lock) {
  const auto r = explore::run({}, [](world& w) { enter_peterson(w, true); });
  EXPECT_TRUE(r.ok()) << r.text();
  EXPECT_GT(r.schedules, 20u);
}

TEST(explorer, finds_the_fault_of_petersons_lock_with_its_first_two_lines_swapped) {
  const auto r = explore::run({}, [](world& w) { enter_peterson(w, false); });
  EXPECT_NE(r.failure.find("two threads inside"), std::string::npos) << r.text();
}

}  // namespace
