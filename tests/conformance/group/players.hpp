// The settings that every law of task groups is tested in: whoever owns the group is a thread or a task.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "braid/runtime/select.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/within.hpp"
#include "conformance/stage.hpp"

namespace braid::conformance {

/// Base of the suites: an owner to play, a context with an executor for the group's tasks, and a stage.
class each_owner : public testing::TestWithParam<player> {
 protected:
  const player owner = GetParam();
  locked_executor pool{owner == player::task_of_two_workers ? 2u : 1u};
  const context ctx{environment{.executor = &pool}};
  stage play;
};

/// The name begins with "all": the law table takes that for "in every flavour", which channels have and groups do not.
struct owner_name {
  std::string operator()(const testing::TestParamInfo<player>& about) const {
    return "all_" + std::string(name_of(about.param));
  }
};

#define BRAID_FOR_EACH_OWNER(suite)                                                                                  \
  INSTANTIATE_TEST_SUITE_P(each, suite,                                                                              \
                           testing::Values(player::thread, player::task_of_one_worker, player::task_of_two_workers), \
                           owner_name())

}  // namespace braid::conformance
