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

/// Starts a task that owns its group and waits, gives up the other owner, and lets the task end.
template<class Spawn>
void leave_group_to_its_task(Spawn spawn) {
  auto group = std::make_shared<braid::task_group>();
  braid::channel<int> gate(0);
  spawn(group, gate.rx);
  group.reset();
  gate.tx.close();
  wait_for_the_end();
}

void drop_in_a_function(const group_ptr& group, const braid::receiver<int>& gate) {
  group->spawn(
      [gate](group_ptr own) {
        static_cast<void>(gate.recv().get());
        own.reset();
      },
      group);
}

void drop_with_the_arguments(const group_ptr& group, const braid::receiver<int>& gate) {
  group->spawn([gate](const group_ptr&) { static_cast<void>(gate.recv().get()); }, group);
}

void drop_in_a_coroutine(const group_ptr& group, const braid::receiver<int>& gate) {
  group->spawn(
      [](group_ptr own, braid::receiver<int> rx) -> braid::task<> {
        auto closed = rx.recv();
        co_await closed;
        own.reset();
      },
      group, gate);
}

void drop_with_the_frame(const group_ptr& group, const braid::receiver<int>& gate) {
  group->spawn(
      [](group_ptr, braid::receiver<int> rx) -> braid::task<> {
        auto closed = rx.recv();
        co_await closed;
      },
      group, gate);
}

void drop_with_the_result(const group_ptr& group, const braid::receiver<int>& gate) {
  static_cast<void>(group->async(
      [gate](group_ptr own) {
        static_cast<void>(gate.recv().get());
        return own;
      },
      group));
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
  for (const auto drop :
       {drop_in_a_function, drop_with_the_arguments, drop_in_a_coroutine, drop_with_the_frame, drop_with_the_result})
    EXPECT_DEATH(leave_group_to_its_task(drop), sentence);
}

TEST(owners, an_executor_whose_last_owner_is_its_own_task_ends_the_program_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(drop_an_executor_on_its_worker(), "an executor was destroyed by one of its own workers");
}

}  // namespace
