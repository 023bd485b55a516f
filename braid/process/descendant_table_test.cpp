#include "braid/process/descendant_table.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

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

TEST(descendant_table, orphans_of_jobs_that_run_together_die_with_their_own_job) {
  launcher launch;
  report_pipe first_tree;
  report_pipe second_tree;
  child first = start_reporting(launch, first_tree, {"orphan_and_stay", "1"});
  child second = start_reporting(launch, second_tree, {"orphan_and_stay", "1"});
  ASSERT_TRUE(first_tree.hear(2));
  ASSERT_TRUE(second_tree.hear(2));
  EXPECT_EQ(first.kill_tree().killed, 2);
  EXPECT_FALSE(first_tree.somebody_there());
  EXPECT_EQ(second.kill_tree().killed, 2);
  EXPECT_FALSE(second_tree.somebody_there());
}

TEST(descendant_table, leftovers_are_those_of_the_job_that_is_asked) {
  launcher launch;
  report_pipe daemon_tree;
  report_pipe other_tree;
  child leaver = start_reporting(launch, daemon_tree, {"daemon", "1"});
  child other = start_reporting(launch, other_tree, {"orphan_and_stay", "1"});
  ASSERT_TRUE(daemon_tree.hear(1));
  ASSERT_TRUE(other_tree.hear(2));
  leaver.wait();
  EXPECT_EQ(leaver.leftovers().size(), 1U);
  other.kill_tree();
  EXPECT_TRUE(other.leftovers().empty());
  EXPECT_EQ(leaver.leftovers().size(), 1U);
  leaver.kill_tree();
}

TEST(descendant_table, an_orphan_without_environment_belongs_to_the_only_job) {
  launcher launch;
  report_pipe tree;
  child running = start_reporting(launch, tree, {"nameless_orphan_and_stay", "1"});
  ASSERT_TRUE(tree.hear(2));
  EXPECT_EQ(running.kill_tree().killed, 2);
  EXPECT_FALSE(tree.somebody_there());
}

TEST(descendant_table, an_orphan_that_nothing_ties_to_one_of_two_jobs_is_a_stray) {
  launcher launch;
  report_pipe nameless_tree;
  report_pipe other_tree;
  child other = start_reporting(launch, other_tree, {"stay", "1"});
  child nameless = start_reporting(launch, nameless_tree, {"nameless_orphan_and_stay", "1"});
  ASSERT_TRUE(other_tree.hear(1));
  ASSERT_TRUE(nameless_tree.hear(2));
  EXPECT_EQ(launch.strays().size(), 1U);
  EXPECT_EQ(other.kill_tree().killed, 1);
  EXPECT_EQ(nameless.kill_tree().killed, 1);
  EXPECT_TRUE(nameless_tree.somebody_there());
  EXPECT_EQ(launch.kill_everything().killed, 1);
  EXPECT_FALSE(nameless_tree.somebody_there());
}

TEST(descendant_table, kill_everything_ends_all_jobs_and_their_orphans) {
  launcher launch;
  report_pipe trees[2];
  child first = start_reporting(launch, trees[0], {"tree", "1"});
  child second = start_reporting(launch, trees[1], {"tree", "1"});
  ASSERT_TRUE(trees[0].hear(hostile_processes));
  ASSERT_TRUE(trees[1].hear(hostile_processes));
  ASSERT_TRUE(is_all_there(first) && is_all_there(second));
  EXPECT_EQ(launch.kill_everything().killed, 2 * hostile_processes);
  EXPECT_FALSE(trees[0].somebody_there());
  EXPECT_FALSE(trees[1].somebody_there());
  EXPECT_EQ(first.wait().signal, SIGKILL);
}

TEST(descendant_table, a_child_that_the_program_made_itself_is_left_alone) {
  launcher launch;
  const pid_t own = ::fork();
  if (own == 0) ::execl(BRAID_TEST_CHILD, BRAID_TEST_CHILD, "exit", "5", static_cast<char*>(nullptr));
  child running = launch.start(test_child({"exit", "0"}));
  running.wait();
  ASSERT_TRUE(eventually([own] { return !detail::look_up(own)->alive(); }));
  EXPECT_TRUE(running.leftovers().empty());
  EXPECT_EQ(launch.kill_everything().killed, 0);
  int status = 0;
  EXPECT_EQ(::waitpid(own, &status, 0), own);
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

TEST(descendant_table, orphans_that_ended_are_reaped_while_their_job_runs) {
  launcher launch;
  report_pipe tree;
  child running = start_reporting(launch, tree, {"stay", "1"});
  ASSERT_TRUE(tree.hear(1));
  std::optional<child> maker = launch.start(test_child({"brief_orphans", "50"}));
  maker->wait();
  maker.reset();
  // By the watcher's own sweeps: nothing is asked of the launcher meanwhile.
  EXPECT_TRUE(eventually([] { return detail::child_list().look().size() == 1; }));
}

TEST(descendant_table, subtree_takes_roots_and_all_below_them) {
  const auto entry = [](pid_t pid, pid_t parent) {
    detail::process_entry made;
    made.pid = pid;
    made.parent = parent;
    return made;
  };
  const std::vector<detail::process_entry> all{entry(5, 9), entry(9, 1), entry(10, 5), entry(11, 1), entry(12, 77)};
  EXPECT_EQ(detail::subtree(all, {9}).size(), 3U);
  EXPECT_EQ(detail::subtree(all, {11, 12}).size(), 2U);
  EXPECT_TRUE(detail::subtree(all, {99}).empty());
}

TEST(descendant_table, subtree_of_a_circle_ends) {
  detail::process_entry first;
  detail::process_entry second;
  first.pid = second.parent = 3;
  second.pid = first.parent = 4;
  EXPECT_EQ(detail::subtree({first, second}, {3}).size(), 2U);
}

}  // namespace
}  // namespace braid::process
