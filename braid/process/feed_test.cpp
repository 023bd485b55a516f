#include "braid/process/feed.hpp"

#include <gtest/gtest.h>

#include "braid/process/child_fixture_test.hpp"

namespace braid::process {
namespace {

TEST(feed, a_child_reads_what_was_given) {
  launcher launch;
  std::string bytes("zero\0byte and lines\n", 20);
  for (int i = 0; i < 16; ++i) bytes += bytes;
  const descriptor input = feed(bytes);
  command what = fixture::test_child({"cat"});
  what.input = input.get();
  EXPECT_EQ(fixture::output_of(launch, what), bytes);
}

TEST(feed, of_nothing_is_an_empty_input) {
  launcher launch;
  const descriptor input = feed("");
  command what = fixture::test_child({"cat"});
  what.input = input.get();
  EXPECT_EQ(fixture::output_of(launch, what), "");
}

TEST(feed, a_child_that_does_not_read_is_no_error) {
  launcher launch;
  const descriptor input = feed(std::string(1 << 20, 'x'));
  command what = fixture::test_child({"exit", "0"});
  what.input = input.get();
  EXPECT_TRUE(launch.start(what).wait().ok());
}

}  // namespace
}  // namespace braid::process
