#include "braid/process/environment_block.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace braid::process::detail {
namespace {

std::vector<std::string> entries_of(const environment_block::overlay& block) {
  std::vector<std::string> entries;
  for (char* const* entry = block.get(); *entry != nullptr; ++entry) entries.emplace_back(*entry);
  return entries;
}

TEST(environment_block, later_changes_do_not_reach_the_copy) {
  ::setenv("BRAID_TEST_VALUE", "old", 1);
  const environment_block block;
  ::setenv("BRAID_TEST_VALUE", "new", 1);
  EXPECT_EQ(block.value_of("BRAID_TEST_VALUE"), "old");
  ::unsetenv("BRAID_TEST_VALUE");
}

TEST(environment_block, each_name_is_there_once) {
  ::setenv("BRAID_TEST_VALUE", "ours", 1);
  const environment_block block;
  ::unsetenv("BRAID_TEST_VALUE");
  const environment_block::overlay with(block, {{"BRAID_TEST_VALUE", "one"}, {"BRAID_TEST_VALUE", "two"}},
                                        {"MARK", "m"});
  EXPECT_THAT(entries_of(with), testing::Contains("BRAID_TEST_VALUE=two").Times(1));
  EXPECT_THAT(entries_of(with), testing::Contains(testing::StartsWith("BRAID_TEST_VALUE=")).Times(1));
}

TEST(environment_block, the_last_pair_cannot_be_overridden) {
  const environment_block block;
  const environment_block::overlay with(block, {{"MARK", "other"}}, {"MARK", "m"});
  EXPECT_THAT(entries_of(with), testing::Contains("MARK=m").Times(1));
  EXPECT_THAT(entries_of(with), testing::Not(testing::Contains("MARK=other")));
}

}  // namespace
}  // namespace braid::process::detail
