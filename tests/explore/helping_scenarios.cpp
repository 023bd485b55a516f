// Children that a joiner starts itself (law X1), under every schedule: against the executor's turn with their queued
// entry, against their future, and while a sibling spawns them.
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "braid/sync/task_group.hpp"
#include "explore/background.hpp"
#include "explore/explore.hpp"
#include "explore/explored_executor.hpp"

namespace {

using explore::check;
using explore::world;

struct helped_world {
  explore::explored_executor executor;
  braid::detail::atomic<int> runs{0};
  std::optional<braid::task_group> group{std::in_place, braid::context(braid::environment{.executor = &executor})};

  /// On the calling explored thread, which is a worker for as long; then the group goes, and the executor stops.
  void join_and_stop() {
    executor.as_worker([this] { group->join().get(); });
    group.reset();
    executor.stop();
  }
  void check_runs(int wanted) { check(runs.load() == wanted, "a child was lost, or run twice"); }
};

TEST(helping_explored, a_child_is_run_once_by_the_joiner_or_the_executor) {
  const auto r = explore::run({.name = "a joining worker against the executor's turn with a child"}, [](world& w) {
    auto s = std::make_shared<helped_world>();
    s->group->spawn([s = s.get()] { s->runs.fetch_add(1); });
    w.thread([s] { s->executor.serve(); });
    w.thread([s] { s->join_and_stop(); });
    w.at_end([s] { s->check_runs(1); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(helping_explored, a_child_that_failed_is_kept_until_join_has_thrown_whoever_ran_it) {
  const auto r =
      explore::run({.name = "a joining worker against the executor's turn with a child that fails"}, [](world& w) {
        auto s = std::make_shared<helped_world>();
        s->group->spawn([s = s.get()] {
          s->runs.fetch_add(1);
          throw 7;
        });
        w.thread([s] { s->executor.serve(); });
        w.thread([s] {
          try {
            s->executor.as_worker([s] { s->group->join().get(); });
            check(false, "join has lost the exception");
          } catch (int thrown) {
            check(thrown == 7, "join has thrown something else");
          }
          check(s->group->errors().size() == 1, "the failure has no record");
          s->group.reset();
          s->executor.stop();
        });
        w.at_end([s] { s->check_runs(1); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(helping_explored, a_future_of_a_child_that_a_joiner_ran_may_go_before_or_after_the_executors_turn) {
  const auto r = explore::run({.name = "a joining worker against the executor's turn against the drop of the future",
                               .preemptions = explore::bound_of_three()},
                              [](world& w) {
                                auto s = std::make_shared<helped_world>();
                                auto value = std::make_shared<std::optional<braid::future<int>>>();
                                value->emplace(s->group->async([s = s.get()] { return s->runs.fetch_add(1); }));
                                w.thread([s] { s->executor.serve(); });
                                w.thread([s] { s->join_and_stop(); });
                                w.thread([value] { value->reset(); });
                                w.at_end([s] { s->check_runs(1); });
                              });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(helping_explored, a_child_may_be_started_by_the_joiner_while_its_spawn_goes_on) {
  const auto r = explore::run(
      {.name = "a joining worker against a child that spawns a sibling", .preemptions = explore::bound_of_three()},
      [](world& w) {
        auto s = std::make_shared<helped_world>();
        s->group->spawn([s = s.get()] {
          s->group->spawn([s] { s->runs.fetch_add(1); });
          s->runs.fetch_add(1);
        });
        w.thread([s] { s->executor.serve(); });
        w.thread([s] { s->join_and_stop(); });
        w.at_end([s] { s->check_runs(2); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

}  // namespace
