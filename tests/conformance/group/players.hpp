// The settings that every law of task groups is tested in: whoever owns the group is a thread or a task.
#pragma once

#include <gtest/gtest.h>

#include "braid/runtime/select.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/within.hpp"
#include "conformance/players.hpp"
#include "conformance/stage.hpp"

namespace braid::conformance {

/// Base of the suites: an owner to play, a context with an executor for the group's tasks, and a stage.
class each_owner : public testing::TestWithParam<player> {
 protected:
  const player owner = GetParam();
  work_stealing_executor pool{owner == player::task_of_two_workers ? 2u : 1u};
  const context ctx{environment{.executor = &pool}};
  stage play;
};

}  // namespace braid::conformance
