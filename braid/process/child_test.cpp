#include "braid/process/child.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <optional>

#include "braid/process/child_fixture_test.hpp"

namespace braid::process {
namespace {

using fixture::eventually;
using fixture::hostile_processes;
using fixture::is_all_there;
using fixture::report_pipe;
using fixture::start_reporting;
using fixture::test_child;

TEST(child, gives_the_exit_code) {
  launcher launch;
  child running = launch.start(test_child({"exit", "42"}));
  const exit_status status = running.wait();
  EXPECT_EQ(status.code, 42);
  EXPECT_EQ(status.signal, 0);
  EXPECT_TRUE(running.status().has_value());
}

TEST(child, gives_the_signal_that_ended_it) {
  launcher launch;
  child running = launch.start(test_child({"signal", std::to_string(SIGTERM)}));
  const exit_status status = running.wait();
  EXPECT_EQ(status.signal, SIGTERM);
  EXPECT_EQ(status.code, 0);
}

TEST(child, waiting_twice_gives_the_same_answer) {
  launcher launch;
  child running = launch.start(test_child({"exit", "7"}));
  EXPECT_EQ(running.wait().code, 7);
  EXPECT_EQ(running.wait().code, 7);
}

TEST(child, measures_processor_time) {
  launcher launch;
  child running = launch.start(test_child({"burn", "100"}));
  const exit_status status = running.wait();
  const auto used = status.user_time + status.system_time;
  EXPECT_GE(used, std::chrono::milliseconds(90));
  EXPECT_LE(used, std::chrono::milliseconds(400));
  EXPECT_GE(status.wall_time, std::chrono::milliseconds(90));
}

TEST(child, measures_peak_memory_of_this_child_alone) {
  launcher launch;
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  const auto megabytes = static_cast<std::uint64_t>(own.ru_maxrss / 1024 + 48);
  child large = launch.start(test_child({"memory", std::to_string(megabytes)}));
  EXPECT_GE(large.wait().peak_memory, megabytes << 20);
  child small = launch.start(test_child({"exit", "0"}));
  EXPECT_LT(small.wait().peak_memory, (megabytes - 16) << 20);
}

TEST(child, kill_tree_leaves_nothing_of_a_hostile_tree) {
  launcher launch;
  report_pipe tree;
  child running = start_reporting(launch, tree, {"tree", "1"});
  ASSERT_TRUE(tree.hear(hostile_processes));
  ASSERT_TRUE(is_all_there(running));
  const kill_report report = running.kill_tree();
  EXPECT_EQ(report.killed, hostile_processes);
  EXPECT_TRUE(report.survivors.empty());
  EXPECT_FALSE(tree.somebody_there());
  EXPECT_EQ(running.wait().signal, SIGKILL);
}

TEST(child, destroying_a_running_child_kills_its_hostile_tree) {
  launcher launch;
  report_pipe tree;
  {
    const child running = start_reporting(launch, tree, {"tree", "1"});
    ASSERT_TRUE(tree.hear(hostile_processes));
  }
  EXPECT_FALSE(tree.somebody_there());
}

TEST(child, signal_tree_reaches_every_process_of_a_hostile_tree) {
  launcher launch;
  report_pipe tree;
  child running = start_reporting(launch, tree, {"tree", "1"});
  ASSERT_TRUE(tree.hear(hostile_processes));
  ASSERT_TRUE(is_all_there(running));
  EXPECT_EQ(running.signal_tree(SIGTERM).reached, hostile_processes);
  EXPECT_TRUE(tree.all_gone());
  EXPECT_EQ(running.wait().signal, SIGTERM);
}

TEST(child, signal_tree_says_nobody_after_a_clean_end) {
  launcher launch;
  child running = launch.start(test_child({"exit", "0"}));
  running.wait();
  EXPECT_EQ(running.signal_tree(SIGTERM).reached, 0);
}

TEST(child, leftovers_are_named_and_left_alone) {
  launcher launch;
  report_pipe tree;
  std::optional<child> running = start_reporting(launch, tree, {"daemon", "1"});
  ASSERT_TRUE(tree.hear(1));
  EXPECT_EQ(running->wait().code, 0);
  const std::vector<process_info> left = running->leftovers();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].name, "test_child");
  running.reset();
  EXPECT_TRUE(tree.somebody_there());
  EXPECT_EQ(launch.kill_everything().killed, 1);
  EXPECT_FALSE(tree.somebody_there());
}

TEST(child, leftovers_can_be_killed) {
  launcher launch;
  report_pipe tree;
  child running = start_reporting(launch, tree, {"daemon", "1"});
  ASSERT_TRUE(tree.hear(1));
  running.wait();
  EXPECT_EQ(running.kill_tree().killed, 1);
  EXPECT_TRUE(running.leftovers().empty());
  EXPECT_FALSE(tree.somebody_there());
}

TEST(child, that_left_nothing_has_no_leftovers) {
  launcher launch;
  child running = launch.start(test_child({"exit", "0"}));
  running.wait();
  EXPECT_TRUE(running.leftovers().empty());
}

TEST(child, moves_with_its_process) {
  launcher launch;
  child first = launch.start(test_child({"exit", "3"}));
  const pid_t pid = first.pid();
  child second = std::move(first);
  EXPECT_EQ(second.pid(), pid);
  EXPECT_EQ(second.wait().code, 3);
}

}  // namespace
}  // namespace braid::process
