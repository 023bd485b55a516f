// The settings of a law that is not about channels: each kind of player.
#pragma once

#include <gtest/gtest.h>

#include "conformance/stage.hpp"

namespace braid::conformance {

/// Base of the suites: `who` plays, on a stage.
class each_player : public testing::TestWithParam<player> {
 protected:
  const player who = GetParam();
  stage play;
};

struct player_name {
  std::string operator()(const testing::TestParamInfo<player>& about) const {
    return std::string(name_of(about.param));
  }
};

/// The suite's laws hold whoever plays.
#define BRAID_FOR_EACH_PLAYER(suite)                                                                                 \
  INSTANTIATE_TEST_SUITE_P(each, suite,                                                                              \
                           testing::Values(player::thread, player::task_of_one_worker, player::task_of_two_workers), \
                           player_name())

}  // namespace braid::conformance
