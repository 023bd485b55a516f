// A task's value on its way to the future, against cancel, drop and destruction, under every schedule: it is with the
// future's owner or destroyed, once, and never outlives both the future and the join.
#include <gtest/gtest.h>

#include <optional>

#include "braid/sync/task_group.hpp"
#include "braid/sync/within.hpp"
#include "explore/abandoned_performer.hpp"
#include "explore/background.hpp"
#include "explore/counted.hpp"
#include "explore/explore.hpp"
#include "explore/explored_executor.hpp"

namespace {

using explore::abandoned_performer;
using explore::check;
using explore::counted;
using explore::world;

struct future_world {
  explore::explored_executor executor;
  int alive = 0;
  braid::context root{braid::environment{.executor = &executor}};
  braid::cancellable limit = braid::with_cancel(root);
  std::optional<braid::task_group> group{std::in_place, root};
  std::optional<braid::future<counted>> value;

  future_world() {
    value.emplace(group->async([this] { return counted(alive); }));
  }
  void join_and_stop() {
    group->join().get();
    group.reset();
    executor.stop();
  }
};

void check_nothing_is_left(world& w, const std::shared_ptr<future_world>& s) {
  w.at_end([s] {
    s->value.reset();
    check(s->alive == 0, "a value was left behind");
  });
}

TEST(future_explored, a_wait_for_a_future_gets_its_value) {
  const auto r = explore::run({.name = "wait for a future against the end of its task and group"}, [](world& w) {
    auto s = std::make_shared<future_world>();
    w.thread([s] { s->executor.serve(); });
    w.thread([s] {
      { const counted mine = s->value->get(); }
      check(s->alive == 0, "the value was copied");
      s->join_and_stop();
    });
    check_nothing_is_left(w, s);
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(future_explored, a_result_and_a_cancel_of_the_wait_exclude_each_other) {
  const auto r = explore::run({.name = "wait for a future within a context against the end of its task against cancel",
                               .preemptions = explore::bound_of_three()},
                              [](world& w) {
                                auto s = std::make_shared<future_world>();
                                w.thread([s] { s->executor.serve(); });
                                w.thread([s] {
                                  try {
                                    const counted mine = braid::within(s->limit.ctx, *s->value).get();
                                    check(!s->value->has_value(), "the value is here and there");
                                  } catch (const braid::cancelled&) {
                                    const counted later = s->value->get();
                                  }
                                  s->join_and_stop();
                                });
                                w.thread([s] { s->limit.cancel("enough"); });
                                check_nothing_is_left(w, s);
                              });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(future_explored, the_value_of_a_dropped_future_is_gone_when_the_join_returns) {
  const auto r = explore::run({.name = "drop of a future against the end of its task, then the join"}, [](world& w) {
    auto s = std::make_shared<future_world>();
    w.thread([s] { s->executor.serve(); });
    w.thread([s] {
      s->value.reset();
      s->group->join().get();
      check(s->alive == 0, "a value outlived its future and the join");
      s->join_and_stop();
    });
    check_nothing_is_left(w, s);
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(future_explored, a_future_may_go_while_its_task_and_its_group_end) {
  const auto r = explore::run({.name = "drop of a future against the end of its task against join and end of its group",
                               .preemptions = explore::bound_of_three()},
                              [](world& w) {
                                auto s = std::make_shared<future_world>();
                                w.thread([s] { s->executor.serve(); });
                                w.thread([s] { s->value.reset(); });
                                w.thread([s] { s->join_and_stop(); });
                                check_nothing_is_left(w, s);
                              });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(future_explored, a_future_that_moves_while_its_task_ends_takes_the_value_along) {
  const auto r = explore::run({.name = "move of a future against the end of its task"}, [](world& w) {
    auto s = std::make_shared<future_world>();
    w.thread([s] { s->executor.serve(); });
    w.thread([s] {
      braid::future<counted> moved = std::move(*s->value);
      s->value.reset();
      { const counted mine = moved.get(); }
      s->join_and_stop();
    });
    check_nothing_is_left(w, s);
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(future_explored, a_waiting_future_that_is_destroyed_is_withdrawn_or_misuse_is_reported) {
  const auto r = explore::run(
      {.name = "destruction of a parked future against the end of its task", .misuse_allowed = true}, [](world& w) {
        auto s = std::make_shared<future_world>();
        auto me = std::make_shared<abandoned_performer>();
        w.thread([s] { s->executor.serve(); });
        w.thread([s, me] {
          {
            braid::future<counted> waits = std::move(*s->value);
            braid::operation* cases[] = {&waits};
            static_cast<void>(
                braid::detail::begin({cases, braid::detail::choice::single}, *me, braid::detail::shield::no, nullptr));
          }
          s->join_and_stop();
        });
        check_nothing_is_left(w, s);
      });
  EXPECT_TRUE(r.ok()) << r.text();
  EXPECT_GT(r.misused, 0u) << "no schedule claimed the future before it was destroyed";
  EXPECT_LT(r.misused, r.schedules) << "no schedule withdrew it";
}

TEST(group_explored, two_successes_of_at_least_one_cancel_once_and_the_join_returns) {
  const auto r = explore::run(
      {.name = "two successes of which one is enough, against join and end of their group",
       .preemptions = explore::bound_of_three()},
      [](world& w) {
        struct tasks {
          explore::explored_executor executor;
          braid::task_group group{braid::context(braid::environment{.executor = &executor}), braid::at_least(1)};
        };
        auto s = std::make_shared<tasks>();
        for (int i = 0; i < 2; ++i) s->group.spawn([] {});
        w.thread([s] { s->executor.serve(); });
        w.thread([s] { s->executor.run_one(); });
        w.thread([s] {
          s->group.join().get();
          s->executor.stop();
        });
        w.at_end([s] {});
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

}  // namespace
