#include "braid/process/capture.hpp"
#include "braid/process/inherited_descriptors.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <optional>
#include <thread>

#include "braid/process/child_fixture_test.hpp"
#include "braid/process/spawn_error.hpp"

namespace braid::process {
namespace {

using fixture::test_child;
using fixture::text_of;
using std::chrono::steady_clock;

constexpr auto never = steady_clock::time_point::max();

child start_captured(launcher& launch, capture& output, std::vector<std::string> words) {
  output.open();
  command what = test_child(std::move(words));
  what.output = output.out_end();
  what.error = output.err_end();
  static const std::vector<descriptor_range> ours = not_inherited();
  what.closed_early = ours;
  child running = launch.start(what, true);
  output.close_write_ends();
  return running;
}

/// Runs a test child to its end; true if its pipes have ended too.
bool run_captured(launcher& launch, capture& output, std::vector<std::string> words) {
  child running = start_captured(launch, output, std::move(words));
  EXPECT_EQ(output.attend(running, nullptr, never), attended::ended);
  running.wait();
  return output.read_rest(running);
}

TEST(capture, keeps_stdout_and_stderr_apart) {
  launcher launch;
  capture output;
  EXPECT_TRUE(run_captured(launch, output, {"both"}));
  EXPECT_EQ(text_of(output.out()), "out\n");
  EXPECT_EQ(text_of(output.err()), "err\n");
}

TEST(capture, keeps_what_a_child_writes_by_every_name_of_its_output) {
  launcher launch;
  capture output;
  EXPECT_TRUE(run_captured(launch, output, {"names"}));
  EXPECT_EQ(text_of(output.out()), "one\ntwo\nthree\nfour\nfive\n");
  EXPECT_EQ(text_of(output.err()), "one\ntwo\nthree\n");
}

TEST(capture, a_child_can_neither_truncate_nor_seek_in_what_it_wrote) {
  launcher launch;
  capture output;
  EXPECT_TRUE(run_captured(launch, output, {"truncate"}));
  EXPECT_EQ(text_of(output.out()), "before\nafter\n");
}

TEST(capture, packets_of_a_pipe_in_packet_mode_arrive_whole) {
  launcher launch;
  capture output;
  EXPECT_TRUE(run_captured(launch, output, {"packets", "100"}));
  EXPECT_EQ(output.out().size(), 100U * 4096);
}

TEST(capture, gives_output_that_is_larger_than_a_pipe_and_than_memory) {
  launcher launch;
  capture output;
  for (const std::uint64_t bytes : {70'000ULL, 3'000'000ULL}) {
    EXPECT_TRUE(run_captured(launch, output, {"pour", std::to_string(bytes)}));
    EXPECT_EQ(output.out().size(), bytes);
  }
}

TEST(capture, is_empty_again_for_the_next_child) {
  launcher launch;
  capture output;
  run_captured(launch, output, {"pour", "300000"});
  run_captured(launch, output, {"exit", "0"});
  EXPECT_EQ(output.out().size(), 0U);
}

TEST(capture, an_event_flag_ends_the_wait_and_the_child_lives_on) {
  launcher launch;
  capture output;
  const event_flag stop;
  child running = start_captured(launch, output, {"stay", "1"});
  std::thread other([&] { const_cast<event_flag&>(stop).set(); });
  EXPECT_EQ(output.attend(running, &stop, never), attended::stopped);
  other.join();
  EXPECT_FALSE(running.status());
  running.kill_tree();
  EXPECT_EQ(running.wait().signal, SIGKILL);
}

TEST(capture, a_deadline_ends_the_wait) {
  launcher launch;
  capture output;
  child running = start_captured(launch, output, {"stay", "1"});
  EXPECT_EQ(output.attend(running, nullptr, steady_clock::now() + std::chrono::milliseconds(5)), attended::timed_out);
  running.kill_tree();
}

TEST(capture, says_once_that_the_output_cannot_be_kept_and_reads_on) {
  ::setenv("TMPDIR", "/no/such/directory", 1);
  launcher launch;
  capture output;
  child running = start_captured(launch, output, {"pour", "1000000"});
  EXPECT_EQ(output.attend(running, nullptr, never), attended::cannot_keep);
  EXPECT_EQ(output.attend(running, nullptr, never), attended::ended);
  EXPECT_TRUE(output.read_rest(running));
  ::unsetenv("TMPDIR");
  EXPECT_EQ(output.out().size() + output.out().lost(), 1'000'000U);
}

TEST(capture, a_pipe_that_a_daemon_holds_has_not_ended_and_its_inode_names_the_daemon) {
  launcher launch;
  capture output;
  EXPECT_FALSE(run_captured(launch, output, {"daemon", "1"}));
  EXPECT_EQ(text_of(output.out()), ".");
  EXPECT_NE(output.held_pipe(), 0U);
  child other = launch.start(test_child({"exit", "0"}));
  other.wait();
  ASSERT_EQ(other.leftovers(output.held_pipe()).size(), 1U);
  EXPECT_EQ(other.leftovers(output.held_pipe())[0].name, "test_child");
  launch.kill_everything();
  EXPECT_TRUE(output.read_rest(other));
  EXPECT_EQ(output.held_pipe(), 0U);
}

TEST(capture, children_that_start_at_the_same_time_do_not_hold_each_others_pipes) {
  launcher launch;
  std::vector<std::thread> slots;
  std::atomic<int> held{0};
  for (int i = 0; i < 4; ++i) {
    slots.emplace_back([&] {
      capture output;
      for (int job = 0; job < 200; ++job)
        if (!run_captured(launch, output, {"exit", "0"})) ++held;
    });
  }
  for (auto& each : slots) each.join();
  EXPECT_EQ(held, 0);
}

}  // namespace
}  // namespace braid::process
