// The run queues, the sleep protocol and the scheduler on top of them, under every schedule. Workers are explored
// threads; a lost wake-up shows as a deadlock.
#include <gtest/gtest.h>

#include <memory>

#include "braid/runtime/scheduler.hpp"
#include "explore/explore.hpp"

namespace {

using braid::spread;
using braid::detail::arrival;
using braid::detail::atomic;
using braid::detail::fork_queue;
using braid::detail::run_ring;
using braid::detail::runnable;
using braid::detail::runnable_list;
using braid::detail::scheduler;
using explore::check;
using explore::world;

/// Counts its runs.
struct counted_work : runnable {
  void run() noexcept override { runs.fetch_add(1); }
  atomic<unsigned> runs{0};
};

struct marked final : runnable {
  void run() noexcept override { ++runs; }
  unsigned runs = 0;  ///< Plain: only whoever took it may touch it.
};

void run_all(runnable_list& taken) {
  while (runnable* const work = taken.pop()) work->run();
}

struct ring_world {
  run_ring<4> ring;
  marked work[4];
};

TEST(run_ring_explored, the_holder_and_a_thief_get_each_task_once) {
  const auto r = explore::run({.name = "run ring: push and pop against taking half"}, [](world& w) {
    auto s = std::make_shared<ring_world>();
    check(s->ring.push(s->work[0]), "no room");
    check(s->ring.push(s->work[1]), "no room");
    w.thread([s] {
      if (runnable* const first = s->ring.pop()) first->run();
      check(s->ring.push(s->work[2]), "no room");
      check(s->ring.push(s->work[3]), "no room");
      while (runnable* const next = s->ring.pop()) next->run();
    });
    w.thread([s] {
      runnable_list taken;
      s->ring.take_half(taken);
      run_all(taken);
    });
    w.at_end([s] {
      for (const marked& m : s->work) check(m.runs == 1, "a task was lost or run twice");
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(run_ring_explored, the_holder_and_two_thieves_get_each_task_once) {
  const auto r = explore::run(
      {.name = "run ring: the holder against two thieves", .preemptions = explore::bound_of_three()}, [](world& w) {
        auto s = std::make_shared<ring_world>();
        for (marked& m : s->work) check(s->ring.push(m), "no room");
        w.thread([s] {
          while (runnable* const next = s->ring.pop()) next->run();
        });
        for (int thief = 0; thief < 2; ++thief)
          w.thread([s] {
            runnable_list taken;
            s->ring.take_half(taken);
            run_all(taken);
          });
        w.at_end([s] {
          for (const marked& m : s->work) check(m.runs == 1, "a task was lost or run twice");
        });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

struct fork_world {
  fork_queue forks;
  marked work[2];
};

TEST(fork_queue_explored, the_holder_and_thieves_get_each_fork_once) {
  for (const int thieves : {1, 2}) {
    const auto r = explore::run({.name = "fork queue: push and pop against " + std::to_string(thieves) + " thieves",
                                 .preemptions = thieves == 1 ? explore::unlimited : explore::bound_of_three()},
                                [thieves](world& w) {
                                  auto s = std::make_shared<fork_world>();
                                  w.thread([s] {
                                    for (marked& m : s->work) check(s->forks.push(m), "no room");
                                    for (int i = 0; i < 2; ++i)
                                      if (runnable* const mine = s->forks.pop()) mine->run();
                                    check(s->forks.pop() == nullptr, "a fork is left");
                                  });
                                  for (int thief = 0; thief < thieves; ++thief)
                                    w.thread([s] {
                                      if (runnable* const oldest = s->forks.steal()) oldest->run();
                                    });
                                  w.at_end([s] {
                                    for (const marked& m : s->work) check(m.runs == 1, "a fork was lost or run twice");
                                  });
                                });
    EXPECT_TRUE(r.ok()) << r.text();
  }
}

/// A scheduler whose workers are explored threads. It stops when `expected` tasks have run.
struct pool final : braid::executor {
  pool(std::uint32_t seats, spread how, unsigned expected) : core(seats, how), left(expected) {}

  void ready(runnable& work, arrival how) noexcept override {
    auto* const self = static_cast<braid::detail::seat_worker*>(braid::detail::worker::current());
    core.ready(work, how, self ? self->sits_in : nullptr);
  }
  bool lend_thread(braid::detail::thread_wait&) noexcept override { return true; }
  void take_thread_back(braid::detail::thread_wait&) noexcept override {}
  std::string describe_threads() override { return "none"; }

  void serve(std::uint32_t index) {
    braid::detail::seat_worker me(*this, core);
    core.prepare(me);
    me.sits_in = &core.seat_at(index);
    braid::detail::worker_slot() = static_cast<braid::detail::worker*>(&me);
    while (runnable* const work = core.next(me)) {
      me.sits_in->begin_slice();
      work->run();
    }
  }
  void one_has_run() noexcept {
    if (left.fetch_sub(1) == 1) core.stop();
  }

  scheduler core;
  atomic<unsigned> left;
};

/// Two workers and a third thread have long schedules: a million with three preemptions, which is for the long form.
int bound_of_three_workers() {
  return explore::bound_of_three() - 1;
}

struct task final : counted_work {
  explicit task(pool& runs_on) : on(runs_on) {}
  void run() noexcept override {
    counted_work::run();
    for (; wakes_count > 0; --wakes_count) on.ready(*wakes[wakes_count - 1], arrival::woken);
    on.one_has_run();
  }
  pool& on;
  task* wakes[2] = {};
  int wakes_count = 0;
};

struct pool_world {
  pool on;
  task a{on}, b{on}, c{on};
  pool_world(std::uint32_t seats, spread how, unsigned expected) : on(seats, how, expected) {}
  void check_each_ran_once(unsigned expected) {
    unsigned runs = 0;
    for (task* t : {&a, &b, &c}) {
      check(t->runs.load() <= 1, "a task ran twice");
      runs += t->runs.load();
    }
    check(runs == expected, "a task was lost");
  }
};

TEST(sleep_protocol_explored, no_push_to_a_worker_that_falls_asleep_is_lost) {
  for (const unsigned pushes : {1u, 2u}) {
    const auto r = explore::run({.name = "one worker falls asleep against " + std::to_string(pushes) + " pushes"},
                                [pushes](world& w) {
                                  auto s = std::make_shared<pool_world>(1, spread::lazy, pushes);
                                  w.thread([s] { s->on.serve(0); });
                                  w.thread([s, pushes] {
                                    s->on.ready(s->a, arrival::fresh);
                                    if (pushes == 2) s->on.ready(s->b, arrival::fresh);
                                  });
                                  w.at_end([s, pushes] { s->check_each_ran_once(pushes); });
                                });
    EXPECT_TRUE(r.ok()) << r.text();
  }
}

TEST(sleep_protocol_explored, a_push_wakes_one_of_two_workers_that_fall_asleep) {
  const auto r = explore::run(
      {.name = "two workers fall asleep against a push", .preemptions = bound_of_three_workers(), .timeouts = 1},
      [](world& w) {
        auto s = std::make_shared<pool_world>(2, spread::lazy, 1u);
        w.thread([s] { s->on.serve(0); });
        w.thread([s] { s->on.serve(1); });
        w.thread([s] { s->on.ready(s->a, arrival::fresh); });
        w.at_end([s] { s->check_each_ran_once(1); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

/// Says that it has begun, and waits for the other to begin: only two workers at a time can run both.
struct meets final : runnable {
  void run() noexcept override {
    begun.store(true);
    braid::detail::spin_wait(other->begun, false);
    on->one_has_run();
  }
  atomic<bool> begun{false};
  pool* on = nullptr;
  meets* other = nullptr;
};

TEST(sleep_protocol_explored, a_push_that_relies_on_a_searcher_who_takes_other_work_is_served) {
  struct state {
    pool on{2, spread::lazy, 2};
    meets x, y;
  };
  const auto r = explore::run({.name = "two tasks that meet against two workers that fall asleep",
                               .preemptions = bound_of_three_workers(),
                               .timeouts = 1},
                              [](world& w) {
                                auto s = std::make_shared<state>();
                                s->x.on = s->y.on = &s->on;
                                s->x.other = &s->y;
                                s->y.other = &s->x;
                                w.thread([s] { s->on.serve(0); });
                                w.thread([s] { s->on.serve(1); });
                                w.thread([s] {
                                  s->on.ready(s->x, arrival::fresh);
                                  s->on.ready(s->y, arrival::fresh);
                                });
                                w.at_end([s] {});
                              });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(sleep_protocol_explored, what_a_task_wakes_is_run_once_by_its_worker_or_a_thief) {
  for (const spread how : {spread::lazy, spread::eager}) {
    const auto r = explore::run({.name = how == spread::lazy ? "two woken tasks against a second worker"
                                                             : "two woken tasks against an eager second worker",
                                 .preemptions = explore::bound_of_three(),
                                 .timeouts = 1},
                                [how](world& w) {
                                  auto s = std::make_shared<pool_world>(2, how, 3u);
                                  s->a.wakes[0] = &s->b;
                                  s->a.wakes[1] = &s->c;
                                  s->a.wakes_count = 2;
                                  s->on.ready(s->a, arrival::fresh);
                                  w.thread([s] { s->on.serve(0); });
                                  w.thread([s] { s->on.serve(1); });
                                  w.at_end([s] { s->check_each_ran_once(3); });
                                });
    EXPECT_TRUE(r.ok()) << r.text();
  }
}

/// Wakes another task and does not end before that has run: only another worker can do it.
struct waits_behind final : runnable {
  void run() noexcept override {
    on->ready(*behind, arrival::woken);
    braid::detail::spin_wait(behind->runs, 0u);
    on->one_has_run();
  }
  pool* on = nullptr;
  counted_work* behind = nullptr;
};

TEST(sleep_protocol_explored, the_sentinel_finds_what_waits_behind_a_long_slice) {
  struct state {
    pool on{2, spread::lazy, 1};
    counted_work behind;
    waits_behind front;
  };
  for (const bool pushed_later : {false, true}) {
    const auto r = explore::run(
        {.name = std::string("a task behind a slice that waits for it") + (pushed_later ? ", pushed from outside" : ""),
         .preemptions = pushed_later ? bound_of_three_workers() : explore::bound_of_three(),
         .timeouts = 1},
        [pushed_later](world& w) {
          auto s = std::make_shared<state>();
          s->front.on = &s->on;
          s->front.behind = &s->behind;
          if (!pushed_later) s->on.ready(s->front, arrival::fresh);
          w.thread([s] { s->on.serve(0); });
          w.thread([s] { s->on.serve(1); });
          if (pushed_later) w.thread([s] { s->on.ready(s->front, arrival::fresh); });
          w.at_end([s] { check(s->behind.runs.load() == 1, "the task behind was lost or run twice"); });
        });
    EXPECT_TRUE(r.ok()) << r.text();
  }
}

}  // namespace
