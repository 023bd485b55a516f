// The last owner of a group or an executor is its own work: the program ends with one sentence, and does not hang.
// Pools have pool_owners_test.cpp.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "braid/braid.hpp"

namespace {

/// Waits for an end that does not come.
void wait_for_the_end() {
  std::this_thread::sleep_for(std::chrono::seconds(60));
}

using group_ptr = std::shared_ptr<braid::task_group>;

void drop_in_a_function() {
  auto group = std::make_shared<braid::task_group>();
  braid::channel<int> gate(0);
  group->spawn(
      [rx = gate.rx](group_ptr own) {
        static_cast<void>(rx.recv().get());
        own.reset();
      },
      group);
  group.reset();
  gate.tx.close();
  wait_for_the_end();
}

void drop_with_the_arguments() {
  auto group = std::make_shared<braid::task_group>();
  braid::channel<int> gate(0);
  group->spawn([rx = gate.rx](const group_ptr&) { static_cast<void>(rx.recv().get()); }, group);
  group.reset();
  gate.tx.close();
  wait_for_the_end();
}

void drop_in_a_coroutine() {
  auto group = std::make_shared<braid::task_group>();
  braid::channel<int> gate(0);
  group->spawn(
      [](group_ptr own, braid::receiver<int> rx) -> braid::task<> {
        auto closed = rx.recv();
        co_await closed;
        own.reset();
      },
      group, gate.rx);
  group.reset();
  gate.tx.close();
  wait_for_the_end();
}

void drop_with_the_frame() {
  auto group = std::make_shared<braid::task_group>();
  braid::channel<int> gate(0);
  group->spawn(
      [](group_ptr, braid::receiver<int> rx) -> braid::task<> {
        auto closed = rx.recv();
        co_await closed;
      },
      group, gate.rx);
  group.reset();
  gate.tx.close();
  wait_for_the_end();
}

void drop_with_the_result() {
  auto group = std::make_shared<braid::task_group>();
  braid::channel<int> gate(0);
  {
    auto given = group->async(
        [rx = gate.rx](group_ptr own) {
          static_cast<void>(rx.recv().get());
          return own;
        },
        group);
  }
  group.reset();
  gate.tx.close();
  wait_for_the_end();
}

void drop_an_executor_on_its_worker() {
  auto executor = std::make_shared<braid::work_stealing_executor>(2);
  braid::task_group group(braid::context(braid::environment{.executor = executor.get()}));
  braid::channel<int> gate(0);
  group.spawn(
      [rx = gate.rx](std::shared_ptr<braid::work_stealing_executor> own) {
        static_cast<void>(rx.recv().get());
        own.reset();
      },
      executor);
  executor.reset();
  gate.tx.close();
  wait_for_the_end();
}

TEST(owners, a_group_whose_last_owner_is_its_own_task_ends_the_program_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::string sentence = "waits in join\\(\\) of the group that it belongs to";
  EXPECT_DEATH(drop_in_a_function(), sentence);
  EXPECT_DEATH(drop_with_the_arguments(), sentence);
  EXPECT_DEATH(drop_in_a_coroutine(), sentence);
  EXPECT_DEATH(drop_with_the_frame(), sentence);
  EXPECT_DEATH(drop_with_the_result(), sentence);
}

TEST(owners, an_executor_whose_last_owner_is_its_own_task_ends_the_program_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(drop_an_executor_on_its_worker(), "an executor was destroyed by one of its own workers");
}

}  // namespace
