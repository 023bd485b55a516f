#include "braid/process/exit_event.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <optional>
#include <thread>
#include <vector>

#include "braid/process/child_fixture_test.hpp"
#include "braid/runtime/select.hpp"
#include "braid/runtime/task.hpp"
#include "braid/sync/context.hpp"
#include "braid/sync/ticker.hpp"
#include "braid/sync/within.hpp"

namespace braid::process {
namespace {

using fixture::report_pipe;
using fixture::start_reporting;
using fixture::test_child;

TEST(exited, gives_the_status) {
  launcher launch;
  child running = launch.start(test_child({"exit", "4"}));
  EXPECT_EQ(running.exited().get().code, 4);
}

TEST(exited, is_ready_at_once_after_the_end) {
  launcher launch;
  child running = launch.start(test_child({"exit", "4"}));
  running.wait();
  auto exited = running.exited();
  EXPECT_EQ(try_select(exited), 0U);
  EXPECT_EQ(exited.result().code, 4);
}

TEST(exited, is_not_ready_while_the_child_runs) {
  launcher launch;
  report_pipe voice;
  child running = start_reporting(launch, voice, {"stay", "1"});
  auto exited = running.exited();
  EXPECT_EQ(try_select(exited), none);
  EXPECT_FALSE(running.status().has_value());
}

TEST(exited, loses_to_a_deadline_and_can_be_performed_again) {
  launcher launch;
  report_pipe voice;
  child running = start_reporting(launch, voice, {"stay", "1"});
  ASSERT_TRUE(voice.hear(1));
  auto exited = running.exited();
  EXPECT_EQ(select(exited, after(std::chrono::milliseconds(5))).get(), 1U);
  running.kill_tree();
  EXPECT_EQ(exited.get().signal, SIGKILL);
}

TEST(exited, wins_a_slots_select_against_deadline_and_stop) {
  launcher launch;
  auto [ctx, cancel] = with_cancel();
  child running = launch.start(test_child({"exit", "6"}));
  auto exited = running.exited();
  EXPECT_EQ(select(exited, after(std::chrono::hours(1)), ctx.done()).get(), 0U);
  EXPECT_EQ(exited.result().code, 6);
}

TEST(exited, loses_to_a_stop) {
  launcher launch;
  report_pipe voice;
  auto [ctx, cancel] = with_cancel();
  child running = start_reporting(launch, voice, {"stay", "1"});
  auto exited = running.exited();
  std::thread stopper([&cancel] { cancel("stop"); });
  EXPECT_EQ(select(exited, ctx.done()).get(), 1U);
  stopper.join();
}

TEST(exited, is_reported_once_and_then_skipped) {
  launcher launch;
  child running = launch.start(test_child({"exit", "0"}));
  auto exited = running.exited();
  ASSERT_EQ(select(exited).get(), 0U);
  EXPECT_TRUE(exited.result().ok());
  EXPECT_EQ(select(exited).get(), none);
}

TEST(exited, wakes_everybody_who_waits_for_one_child) {
  launcher launch;
  report_pipe voice;
  child running = start_reporting(launch, voice, {"stay", "1"});
  std::atomic<int> killed{0};
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i)
    waiting.emplace_back([&] {
      if (running.exited().get().signal == SIGTERM) ++killed;
    });
  ASSERT_TRUE(voice.hear(1));
  running.signal_tree(SIGTERM);
  for (std::thread& each : waiting) each.join();
  EXPECT_EQ(killed, 4);
}

TEST(exited, losing_to_a_time_limit_leaves_the_child_alone) {
  launcher launch;
  report_pipe voice;
  child running = start_reporting(launch, voice, {"stay", "1"});
  ASSERT_TRUE(voice.hear(1));
  EXPECT_THROW(within(std::chrono::milliseconds(1), running.exited()).get(), timed_out);
  EXPECT_TRUE(voice.somebody_there());
}

task<int> code_of(child& running) {
  const exit_status status = co_await running.exited();
  co_return status.code;
}

TEST(exited, is_awaited_in_a_coroutine) {
  launcher launch;
  child running = launch.start(test_child({"exit", "8"}));
  EXPECT_EQ(code_of(running).get(), 8);
}

TEST(exited, of_a_moved_child_is_still_its_end) {
  launcher launch;
  report_pipe voice;
  child first = start_reporting(launch, voice, {"stay", "1"});
  ASSERT_TRUE(voice.hear(1));
  auto exited = first.exited();
  child second = std::move(first);
  second.signal_tree(SIGTERM);
  EXPECT_EQ(exited.get().signal, SIGTERM);
}

TEST(exited, hundreds_of_children_race_with_their_deadlines_and_none_is_lost) {
  launcher launch;
  std::atomic<int> ended{0};
  std::atomic<int> late{0};
  std::vector<std::thread> slots;
  for (int slot = 0; slot < 4; ++slot)
    slots.emplace_back([&] {
      for (int i = 0; i < 60; ++i) {
        child running = launch.start(test_child({"exit", "3"}));
        auto exited = running.exited();
        if (select(exited, after(std::chrono::microseconds(200 * (i % 8)))).get() == 0) {
          if (exited.result().code == 3) ++ended;
        } else {
          running.kill_tree();
          const exit_status status = exited.get();
          if (status.signal == SIGKILL || status.code == 3) ++late;
        }
      }
    });
  for (std::thread& each : slots) each.join();
  EXPECT_EQ(ended + late, 240);
  EXPECT_GT(ended, 0);
  EXPECT_GT(late, 0);
}

}  // namespace
}  // namespace braid::process
