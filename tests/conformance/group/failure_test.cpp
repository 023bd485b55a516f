// E1: an exception of user code reaches a join, a result or a registered handler; none is dropped.
#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "braid/runtime/shielded.hpp"
#include "conformance/group/players.hpp"

namespace {

using namespace braid::conformance;
using failure_law = each_owner;
BRAID_FOR_EACH_PLAYER(failure_law);

struct numbered_error : std::runtime_error {
  explicit numbered_error(int n) : std::runtime_error(std::to_string(n)), number(n) {}
  int number;
};

int number_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const numbered_error& e) {
    return e.number;
  } catch (...) {
    return -1;
  }
}

/// Says that it has begun, and fails with its number once the channel is closed, whatever has become of its group.
braid::task<> fail_together(braid::receiver<int> start, int number, braid::sender<int> begun) {
  static_cast<void>(begun.try_send(number));
  static_cast<void>(co_await braid::shielded(start.recv()));
  throw numbered_error(number);
}

TEST_P(failure_law, join_throws_the_first_exception_and_errors_has_each_with_its_task) {
  constexpr int many = 40;
  std::vector<int> seen;
  auto [tx, rx] = braid::channel<int>(0);
  play.play(owner, [&, &start = rx, &go = tx](self me) -> script {
    auto begun = braid::channel<int>(many);
    braid::task_group group(ctx);
    for (int i = 0; i < many; ++i) group.spawn(fail_together, start, i, begun.tx);
    for (int i = 0; i < many; ++i) static_cast<void>(co_await me(begun.rx.recv()));
    go.close();
    int first = -1;
    try {
      co_await me(group.join());
    } catch (const numbered_error& e) {
      first = e.number;
    }
    for (const braid::task_failure& f : group.errors()) {
      EXPECT_EQ(static_cast<std::size_t>(number_of(f.exception)), f.number);
      seen.push_back(static_cast<int>(f.number));
    }
    EXPECT_EQ(seen.empty() ? -1 : seen.front(), first);
  });
  play.finish();
  std::sort(seen.begin(), seen.end());
  ASSERT_EQ(seen.size(), static_cast<std::size_t>(many));
  for (int i = 0; i < many; ++i) EXPECT_EQ(seen[i], i);
}

TEST_P(failure_law, a_name_and_the_place_of_the_spawn_come_with_the_exception) {
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx);
    group.spawn([] {});
    const auto line = std::source_location::current().line() + 1;
    group.spawn(braid::named("a rather long name of a task"), [] { throw numbered_error(1); });
    EXPECT_THROW(co_await me(group.join()), numbered_error);
    const braid::task_failure& failure = group.errors().at(0);
    EXPECT_EQ(failure.number, 1u);
    EXPECT_EQ(failure.name, "a rather long name of a task");
    EXPECT_EQ(failure.place.line(), line);
  });
  play.finish();
}

TEST_P(failure_law, names_go_with_futures_and_generators_too) {
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx, braid::at_least(1));
    auto f = group.async(braid::named("future"), []() -> int { throw numbered_error(1); });
    auto rx =
        group.generate<int>(braid::named("generator"), 1, [](const braid::sender<int>&) { throw numbered_error(2); });
    EXPECT_THROW(static_cast<void>(co_await me(f)), numbered_error);
    EXPECT_THROW(static_cast<void>(co_await me(rx.recv())), numbered_error);
    EXPECT_THROW(co_await me(group.join()), numbered_error);
    std::vector<std::string> names;
    for (const braid::task_failure& e : group.errors()) names.push_back(e.name);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"future", "generator"}));
  });
  play.finish();
}

TEST_P(failure_law, an_exception_in_a_group_that_was_cancelled_already_is_kept) {
  auto [tx, rx] = braid::channel<int>(0);
  play.play(owner, [&, &start = rx, &go = tx](self me) -> script {
    auto begun = braid::channel<int>(1);
    braid::task_group group(ctx);
    group.spawn(fail_together, start, 7, begun.tx);
    static_cast<void>(co_await me(begun.rx.recv()));
    group.cancel();
    go.close();
    EXPECT_THROW(co_await me(group.join()), numbered_error);
    EXPECT_EQ(group.errors().size(), 1u);
  });
  play.finish();
}

TEST_P(failure_law, cancelled_that_nobody_asked_for_is_a_failure) {
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx);
    group.spawn([] { throw braid::cancelled("of its own"); });
    EXPECT_THROW(co_await me(group.join()), braid::cancelled);
    EXPECT_EQ(group.errors().size(), 1u);
  });
  play.finish();
}

TEST_P(failure_law, an_exception_reaches_the_future_and_the_join) {
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx);
    auto f = group.async([]() -> int { throw numbered_error(3); });
    EXPECT_THROW(static_cast<void>(co_await me(f)), numbered_error);
    EXPECT_THROW(co_await me(group.join()), numbered_error);
    EXPECT_EQ(group.errors().size(), 1u);
  });
  play.finish();
}

TEST_P(failure_law, a_join_as_a_case_of_select_loses_nothing) {
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx);
    group.spawn([] { throw numbered_error(3); });
    auto all = group.join();
    const std::size_t which = co_await me(braid::select(all));
    EXPECT_EQ(which, 0u);
    EXPECT_THROW(all.result(), numbered_error);
  });
  play.finish();
}

TEST_P(failure_law, each_round_of_a_group_has_its_own_failures_and_numbers) {
  play.play(owner, [&](self me) -> script {
    braid::task_group group(ctx, braid::at_least(1));  // a failure does not cancel it, so it can be used again
    for (int round = 0; round < 3; ++round) {
      group.spawn([round] { throw numbered_error(round); });
      EXPECT_THROW(co_await me(group.join()), numbered_error);
      EXPECT_EQ(group.errors().size(), 1u);
      EXPECT_EQ(group.errors().front().number, 0u);
      EXPECT_EQ(number_of(group.errors().front().exception), round);
    }
  });
  play.finish();
}

/// What a group that nobody joins hands to its context's handler.
class lost_failure_law : public testing::Test {
 protected:
  std::vector<std::size_t> lost() {
    std::vector<std::size_t> all = lost_;
    std::sort(all.begin(), all.end());
    return all;
  }
  /// Three tasks that fail; they have begun.
  static void spawn_three(braid::task_group& group, const braid::receiver<int>& start) {
    auto begun = braid::channel<int>(3);
    for (int i = 0; i < 3; ++i) group.spawn(fail_together, start, i, begun.tx);
    for (int i = 0; i < 3; ++i) static_cast<void>(begun.rx.recv().get());
  }
  braid::work_stealing_executor pool_{2};
  braid::context ctx_ =
      braid::with_value(braid::context(braid::environment{.executor = &pool_}), braid::on_lost_failure,
                        [this](const braid::task_failure& f) { lost_.push_back(f.number); });

 private:
  std::vector<std::size_t> lost_;  // only the thread of the test
};

TEST_F(lost_failure_law, gets_every_exception_of_a_group_that_ends_without_a_join) {
  {
    auto [tx, rx] = braid::channel<int>(0);
    braid::task_group group(ctx_);
    spawn_three(group, rx);
    tx.close();
  }
  EXPECT_EQ(lost(), (std::vector<std::size_t>{0, 1, 2}));
}

TEST_F(lost_failure_law, gets_them_also_while_another_exception_unwinds_the_stack) {
  try {
    auto [tx, rx] = braid::channel<int>(0);
    braid::task_group group(ctx_);
    spawn_three(group, rx);
    tx.close();
    throw numbered_error(9);
  } catch (const numbered_error& e) {
    EXPECT_EQ(e.number, 9);
  }
  EXPECT_EQ(lost(), (std::vector<std::size_t>{0, 1, 2}));
}

TEST_F(lost_failure_law, gets_nothing_that_a_join_a_future_or_a_receiver_has_thrown) {
  {
    braid::task_group group(ctx_, braid::at_least(1));
    auto f = group.async([]() -> int { throw numbered_error(0); });
    EXPECT_THROW(static_cast<void>(f.get()), numbered_error);
    auto rx = group.generate<int>(1, [](const braid::sender<int>&) { throw numbered_error(1); });
    EXPECT_THROW(static_cast<void>(rx.recv().get()), numbered_error);
  }
  {
    braid::task_group group(ctx_);
    group.spawn([] { throw numbered_error(0); });
    EXPECT_THROW(group.join().get(), numbered_error);
  }
  EXPECT_TRUE(lost().empty());
}

TEST_F(lost_failure_law, gets_what_a_future_that_nobody_asked_would_have_thrown) {
  {
    braid::task_group group(ctx_);
    auto f = group.async([]() -> int { throw numbered_error(0); });
    while (!group.ctx().is_cancelled()) std::this_thread::yield();
  }
  EXPECT_EQ(lost(), std::vector<std::size_t>{0});
}

TEST(lost_failure_law_death, without_a_handler_the_program_ends_and_says_which_task_threw_what) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto lose = [] {
    braid::work_stealing_executor pool(1);
    braid::task_group group{braid::context(braid::environment{.executor = &pool})};
    group.spawn(braid::named("loser"), [] { throw numbered_error(5); });
    while (!group.ctx().is_cancelled()) std::this_thread::yield();
  };
  EXPECT_DEATH(lose(), "task 0 'loser', spawned at .*failure_test.cpp:[0-9]+, threw: 5(.|\n)*Join the group");
}

TEST(lost_failure_law_stderr, without_a_handler_an_unwinding_group_writes_them_to_stderr) {
  testing::internal::CaptureStderr();
  try {
    braid::work_stealing_executor pool(1);
    braid::task_group group{braid::context(braid::environment{.executor = &pool})};
    group.spawn([] { throw numbered_error(5); });
    while (!group.ctx().is_cancelled()) std::this_thread::yield();
    throw numbered_error(9);
  } catch (const numbered_error&) {
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "braid: a task group ended without a join; task 0 threw: 5\n");
}

}  // namespace
