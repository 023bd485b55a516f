// A submitted job and its future, against the worker, a drop, a stop and the pool's end, under every schedule with few
// preemptions: the value is the future's owner's or destroyed, once, and the job goes with the last of its two owners.
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "braid/pool/worker_pool.hpp"
#include "explore/background.hpp"
#include "explore/counted.hpp"
#include "explore/explore.hpp"
#include "explore/explored_executor.hpp"
#include "explore/stage_hands.hpp"

namespace {

using explore::check;
using explore::counted;
using explore::world;

/// A pool with one worker, the cached thread.
struct submit_world : explore::stage_hands {
  explore::explored_executor executor;
  int alive = 0, runs = 0;
  braid::context root{braid::environment{.executor = &executor}};
  std::optional<braid::worker_pool<counted, counted>> pool;

  void open() {
    pool.emplace(root, 1, [this](const counted&) { return ++runs, counted(alive); });
  }
};

void explore_submit(const char* name, void (*client)(submit_world&)) {
  const explore::options how{.name = name, .preemptions = explore::long_form() ? 4 : 3, .timeouts = 1};
  const auto r = explore::run(how, [client](world& w) {
    auto s = std::make_shared<submit_world>();
    w.thread([s, client] {
      s->open();
      client(*s);
      s->finish();
    });
    w.thread([s] { s->worker.serve(); });
    w.thread([s] { s->clock.serve(); });
    w.at_end([s] { check(s->alive == 0, "a job or a value was left behind"); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(submit_explored, a_future_gets_the_value_of_its_job) {
  explore_submit("a future of a pool's job", [](submit_world& s) {
    {
      auto value = s.pool->submit(counted(s.alive)).get();
      const counted mine = value.get();
    }
    s.pool.reset();
    check(s.runs == 1, "the job was not run once");
  });
}

TEST(submit_explored, a_future_that_is_dropped_and_the_end_of_its_job_destroy_the_value_once) {
  explore_submit("a dropped future of a pool's job", [](submit_world& s) {
    static_cast<void>(s.pool->submit(counted(s.alive)).get());
    s.pool->drain().get();
    s.pool.reset();
    check(s.runs == 1, "the job was not run once");
  });
}

TEST(submit_explored, a_future_may_outlive_its_pool) {
  explore_submit("a future that outlives its pool", [](submit_world& s) {
    auto value = s.pool->submit(counted(s.alive)).get();
    s.pool.reset();  // which runs the job, or drops it
    try {
      const counted mine = value.get();
      check(s.runs == 1, "a value without a run");
    } catch (const braid::job_dropped&) {
      check(s.runs == 0, "a job was run and dropped");
    } catch (const braid::cancelled&) {
      check(s.runs == 0, "a job was run and cancelled");
    }
  });
}

TEST(submit_explored, a_job_is_run_or_handed_back) {
  explore_submit("a stop of a pool with a submitted job", [](submit_world& s) {
    auto value = s.pool->submit(counted(s.alive)).get();
    const std::size_t back = s.pool->stop().get().size();
    check(s.runs + static_cast<int>(back) == 1, "a job was run and handed back, or neither");
    check(value.has_value() == (back == 0), "a job that was handed back gave a value, or one that was run did not");
    s.pool.reset();
  });
}

}  // namespace
