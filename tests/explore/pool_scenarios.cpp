// The state of a worker pool under every schedule: workers, guests, waits inside a job and the end, against each other.
// Every job runs at most once and ends once, and whoever waits goes on (else the schedule is a deadlock).
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "braid/pool/pool_end.hpp"
#include "braid/pool/pool_results.hpp"
#include "braid/pool/pool_worker.hpp"
#include "explore/explore.hpp"
#include "explore/explored_timer.hpp"

namespace {

using braid::detail::pool_job;
using braid::detail::pool_results;
using explore::check;
using explore::world;

class explored_job final : public pool_job, public braid::detail::stage_job {
 public:
  explicit explored_job(pool_results& to, std::function<void()> work = {})
      : pool_job(false), to_(to), work_(std::move(work)) {}
  void run() {
    check(ends_ == 0 && ++runs_ == 1, "a job was run twice, or after its end");
    mark_started();
    if (work_) work_();
  }
  bool was_run() const { return runs_ == 1; }
  bool has_ended() const { return ends_ == 1; }

 private:
  void ended(braid::detail::wake_chain& wakes) noexcept override {
    check(++ends_ == 1, "a job ended twice");
    to_.ended(*this, wakes);
  }

  pool_results& to_;
  const std::function<void()> work_;
  int runs_ = 0, ends_ = 0;
};

/// Its two workers are explored threads, which have been hired before the first step; there is no third.
class explored_pool final : public braid::detail::pool_core {
 public:
  explicit explored_pool(std::size_t width, bool eager = true) : pool_core(width, {}, false, eager) {
    static_cast<void>(hire() && hire());
  }

  void work() {
    braid::detail::pool_worker me(*this);
    me.task = &braid::detail::performer::current();
    worker_came(me);
    {
      braid::detail::next_job next(*this);
      for (bool answered = false;;) {
        if (!answered && !next.look_again()) next.get();
        pool_job* const job = next.result();
        if (!job) break;
        if (next.is_to_hire()) hire();
        me.has_job = true;
        static_cast<explored_job*>(job)->run();
        me.has_job = false;
        answered = next.finish(*job);
      }
    }
    worker_left(me);
  }
  void accept_all(braid::detail::stream_jobs& jobs_of_stream, pool_results& results,
                  std::initializer_list<explored_job*> jobs) {
    change([&](auto& wakes) {
      lock().assert_held();
      for (explored_job* const job : jobs) results.accepted(*job), accept(jobs_of_stream, *job);
      dispatch(wakes);
    });
  }
  void end() {
    change([&](auto& wakes) {
      lock().assert_held();
      close(wakes);
    });
  }
  template<class Step>
  void change(Step step_under_lock) {
    braid::detail::wake_chain wakes;
    braid::detail::spin_guard guard(lock());
    step_under_lock(wakes);
  }

 private:
  bool start_worker() noexcept override { return started_++ < 2; }
  int started_ = 0;
};

/// A pool of one, with a worker to spare; a client with two jobs.
struct two_workers {
  std::shared_ptr<explored_pool> pool = std::make_shared<explored_pool>(1);
  braid::detail::stream_jobs jobs_of_stream;
  pool_results results{*pool, false, false};
  std::function<void()> work_of_first, work_of_second;
  explored_job first{results, [this] {
                       if (work_of_first) work_of_first();
                     }};
  explored_job second{results, [this] {
                        if (work_of_second) work_of_second();
                      }};

  static void wait_for(pool_results& all) {
    pool_results::wait none(all, pool_results::wanted::nothing_in_flight);
    none.get();
    take(all);
  }
  static void take(pool_results& from) {
    pool_results::job_list done;
    static_cast<void>(from.take(done));
    while (done.pop_front()) continue;
  }
  void wait_for_end() {
    braid::detail::pool_end over(pool, [](explored_pool&) {});
    over.get();
  }
};

void explore_pool(const char* name, const std::function<void(two_workers&)>& client,
                  const std::function<void(two_workers&)>& last_look, int preemptions = explore::bound_of_three()) {
  const auto r = explore::run({.name = name, .preemptions = preemptions}, [&](world& w) {
    auto s = std::make_shared<two_workers>();
    w.thread([s] { s->pool->work(); });
    w.thread([s] { s->pool->work(); });
    w.thread([s, client] { client(*s); });
    w.at_end([s, last_look] { last_look(*s); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

void both_have_run(two_workers& s) {
  check(s.first.was_run() && s.second.was_run(), "a job was accepted, and not run");
  check(s.first.has_ended() && s.second.has_ended(), "a job has not ended");
}

TEST(pool_explored, jobs_are_done_and_the_end_comes) {
  explore_pool(
      "jobs of a pool, and its end",
      [](two_workers& s) {
        s.pool->accept_all(s.jobs_of_stream, s.results, {&s.first});
        s.pool->accept_all(s.jobs_of_stream, s.results, {&s.second});
        s.pool->end();
        s.wait_for_end();
        two_workers::take(s.results);
      },
      both_have_run);
}

TEST(pool_explored, a_job_that_waits_for_a_job_of_its_own_pool_gets_it) {
  explore_pool(
      "a job of a pool of one waits for another one",
      [](two_workers& s) {
        s.work_of_first = [&s] {
          braid::detail::stream_jobs own;
          pool_results results{*s.pool, false, false};
          explored_job inner(results);
          s.pool->accept_all(own, results, {&inner});
          two_workers::wait_for(results);
          check(inner.was_run(), "a job was waited for, and not run");
        };
        s.pool->accept_all(s.jobs_of_stream, s.results, {&s.first});
        two_workers::wait_for(s.results);
        s.pool->end();
        s.wait_for_end();
      },
      [](two_workers& s) { check(s.first.has_ended(), "a job has not ended"); }, explore::bound_of_three() - 1);
}

TEST(pool_explored, the_job_that_a_job_waits_for_runs_before_those_that_were_there_first) {
  explore_pool(
      "a job of a pool of one waits, and the next in the queue waits for it",
      [](two_workers& s) {
        auto first_has_ended = std::make_shared<braid::detail::parker>();
        s.work_of_first = [&s, first_has_ended] {
          braid::detail::stream_jobs own;
          pool_results results{*s.pool, false, false, &own};
          explored_job inner(results);
          s.pool->accept_all(own, results, {&inner});
          two_workers::wait_for(results);
          check(inner.was_run(), "a job was waited for, and not run");
          first_has_ended->unpark();
        };
        s.work_of_second = [first_has_ended] { first_has_ended->park(); };
        s.pool->accept_all(s.jobs_of_stream, s.results, {&s.first, &s.second});
        two_workers::wait_for(s.results);
        s.pool->end();
        s.wait_for_end();
      },
      both_have_run, explore::bound_of_three() - 1);
}

TEST(pool_explored, what_is_dropped_and_what_is_taken_is_everything) {
  explore_pool(
      "a stop of a pool against its workers",
      [](two_workers& s) {
        s.pool->accept_all(s.jobs_of_stream, s.results, {&s.first, &s.second});
        braid::detail::ended_jobs over;
        s.pool->stop(braid::detail::drop_reason::dropped("stopped"), over);
        s.wait_for_end();
        two_workers::take(s.results);
      },
      [](two_workers& s) {
        for (const explored_job* const one : {&s.first, &s.second}) {
          check(one->has_ended(), "a job has not ended");
          check(one->was_run() != one->was_dropped(), "a job was run and dropped, or neither");
        }
      });
}

TEST(pool_explored, a_guest_and_the_workers_do_every_job_once) {
  explore_pool(
      "a guest of a pool with its workers",
      [](two_workers& s) {
        s.pool->change([&](auto&) {
          s.pool->lock().assert_held();
          for (explored_job* const job : {&s.first, &s.second})
            s.results.accepted(*job), s.pool->accept(s.jobs_of_stream, *job);
        });
        braid::detail::pool_guest guest(*s.pool, s.jobs_of_stream);
        for (pool_job* job = guest.first(); job; job = guest.next(*job)) static_cast<explored_job*>(job)->run();
        two_workers::wait_for(s.results);
        s.pool->end();
        s.wait_for_end();
      },
      both_have_run);
}

TEST(pool_explored, a_wider_pool_and_a_pause_lose_nothing) {
  explore_pool(
      "pause, resume and resize of a pool against its workers",
      [](two_workers& s) {
        s.pool->accept_all(s.jobs_of_stream, s.results, {&s.first, &s.second});
        s.pool->change([&](auto& wakes) {
          s.pool->lock().assert_held();
          s.pool->set_paused(true, wakes);
        });
        s.pool->change([&](auto& wakes) {
          s.pool->lock().assert_held();
          s.pool->set_width(2, wakes);
          s.pool->set_paused(false, wakes);
        });
        s.pool->end();
        s.wait_for_end();
        two_workers::take(s.results);
      },
      both_have_run);
}

/// A pool of two that calls its second worker by the timer.
struct lazy_world {
  explore::timer_thread clock;
  std::shared_ptr<explored_pool> pool = std::make_shared<explored_pool>(2, false);
  braid::detail::stream_jobs jobs_of_stream;
  pool_results results{*pool, false, false};
  braid::detail::parker told;
  explored_job waits{results, [this] { told.park(); }};
  explored_job tells{results, [this] { told.unpark(); }};

  lazy_world() { explore::the_timer_thread = &clock; }
  ~lazy_world() { explore::the_timer_thread = nullptr; }
  void finish() {
    two_workers::wait_for(results);
    pool->end();
    braid::detail::pool_end over(pool, [](explored_pool&) {});
    over.get();
    clock.end();
  }
};

void explore_lazy_pool(const char* name, const std::function<void(lazy_world&)>& client) {
  const auto r =
      explore::run({.name = name, .preemptions = explore::long_form() ? 2 : 1, .timeouts = 1}, [&](world& w) {
        auto s = std::make_shared<lazy_world>();
        w.thread([s] { s->pool->work(); });
        w.thread([s] { s->pool->work(); });
        w.thread([s, client] { client(*s); });
        w.thread([s] { s->clock.serve(); });
        w.at_end([s] { check(s->waits.was_run() && s->tells.was_run(), "a job was accepted, and not run"); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(pool_explored, a_job_behind_one_that_waits_for_it_is_done_by_another_worker) {
  explore_lazy_pool("a job of a pool that waits for the next one, outside of the pool", [](lazy_world& s) {
    s.pool->accept_all(s.jobs_of_stream, s.results, {&s.waits});
    s.pool->accept_all(s.jobs_of_stream, s.results, {&s.tells});
    s.finish();
  });
}

TEST(pool_explored, a_job_that_a_guest_waits_in_is_overtaken) {
  explore_lazy_pool("a guest's job that waits for the next one, outside of the pool", [](lazy_world& s) {
    s.pool->change([&](auto&) {
      s.pool->lock().assert_held();
      for (explored_job* const job : {&s.waits, &s.tells})
        s.results.accepted(*job), s.pool->accept(s.jobs_of_stream, *job);
    });
    braid::detail::pool_guest guest(*s.pool, s.jobs_of_stream);
    for (pool_job* job = guest.first(); job; job = guest.next(*job)) static_cast<explored_job*>(job)->run();
    s.finish();
  });
}

/// Of two workers one has short jobs, and may step aside for the other: whose job waits for the last of them.
struct short_jobs_world : lazy_world {
  static constexpr int enough_to_be_short = braid::detail::next_job::at_once + 1;
  std::deque<explored_job> short_ones;

  short_jobs_world() {
    for (int i = 0; i < enough_to_be_short; ++i) short_ones.emplace_back(results);
  }
  void accept_all() {
    pool->change([&](auto& wakes) {
      pool->lock().assert_held();
      const auto accept = [&](explored_job& job) {
        pool->lock().assert_held();
        results.accepted(job), pool->accept(jobs_of_stream, job);
      };
      accept(waits);
      for (explored_job& one : short_ones) accept(one);
      accept(tells);
      pool->dispatch(wakes);
    });
  }
};

TEST(pool_explored, a_worker_that_has_stepped_aside_comes_back_for_what_the_other_waits_for) {
  const std::int64_t long_time = std::exchange(explore::nanoseconds_between_looks, 10);
  const int preemptions = explore::long_form() ? 2 : 1;
  const explore::options how{
      .name = "a worker with short jobs that steps aside", .preemptions = preemptions, .timeouts = 1};
  const auto r = explore::run(how, [](world& w) {
    auto s = std::make_shared<short_jobs_world>();
    w.thread([s] { s->pool->work(); });
    w.thread([s] { s->pool->work(); });
    w.thread([s] { s->accept_all(), s->finish(); });
    w.thread([s] { s->clock.serve(); });
    w.at_end([s] {
      check(s->waits.was_run() && s->tells.was_run(), "a job was accepted, and not run");
      for (const explored_job& one : s->short_ones) check(one.was_run(), "a short job was accepted, and not run");
    });
  });
  explore::nanoseconds_between_looks = long_time;
  EXPECT_TRUE(r.ok()) << r.text();
}

}  // namespace
