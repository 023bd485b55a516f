// A program forks, and its child uses what the parent made: objects with threads end the child with a sentence, all
// others work, and the child's end never hangs.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "braid/base/sanitized.hpp"
#include "braid/braid.hpp"
#include "braid/runtime/manual_executor.hpp"
#include "torture/child_of_fork.hpp"
#include "torture/torture.hpp"

// ThreadSanitizer cannot start threads in a forked child.
#ifndef BRAID_UNDER_TSAN

namespace torture {
namespace {

using namespace std::chrono_literals;

int twice(int x) {
  return 2 * x;
}

int recvs_that_wait() {
  const std::string waits = braid::stalled_waits(0s);
  int count = 0;
  for (auto at = waits.find("in recv"); at != std::string::npos; at = waits.find("in recv", at + 1)) ++count;
  return count;
}

/// Everything with threads that a program keeps in static storage.
struct static_things {
  braid::worker_pool<int, int> pool{braid::workers(2), twice};
  braid::work_stealing_executor executor{2};
  braid::context ctx{braid::environment{.executor = &executor}};
  braid::channel<int> ch{0};
  braid::broadcast<int> cast{4};
  braid::context limited = braid::with_timeout(ctx, 1h);
  braid::task_group group{ctx};
  static_things() {
    EXPECT_EQ(pool.call(1), 2);
    braid::record_waits();
    group.spawn([](braid::receiver<int> rx) -> braid::task<> { co_await rx.recv(); }, ch.rx);
    group.spawn([](braid::subscriber<int> rx) -> braid::task<> { co_await rx.recv(); }, cast.rx);
    for (const auto end = std::chrono::steady_clock::now() + 60s; recvs_that_wait() < 2;) {
      if (std::chrono::steady_clock::now() > end) throw std::runtime_error("the tasks never waited");
      std::this_thread::yield();
    }
  }
};

TEST(fork, a_child_with_pools_and_executors_of_its_parent_in_static_storage_exits) {
  if (BRAID_SANITIZED) GTEST_SKIP() << "LeakSanitizer takes what only the parent's threads know for leaks of the child";
  EXPECT_THAT(in_child_of_fork([] {
                static static_things things;
                const child_end end = in_child_of_fork([]() -> int {
                  std::exit(0);  // destroys the statics
                });
                std::fputs(end.said.c_str(), stderr);
                ::_exit(end.hung ? 1 : end.exit_code);
                return 1;
              }),
              ends_well());
}

TEST(fork, an_executor_of_the_parent_ends_the_child_with_a_sentence) {
  braid::work_stealing_executor executor(2);
  const braid::context ctx(braid::environment{.executor = &executor});
  const char* const sentence = "an executor that was made before fork()";
  EXPECT_THAT(in_child_of_fork([&] {
                braid::task_group group(ctx);
                group.spawn([] {});
                group.join().get();
                return 0;
              }),
              ends_with_sentence(sentence));
  EXPECT_THAT(in_child_of_fork([&] { return executor.describe_threads().empty() ? 1 : 0; }),
              ends_with_sentence(sentence));
}

TEST(fork, an_executor_of_the_parent_is_destroyed_in_the_child_without_a_wait) {
  auto executor = std::make_unique<braid::work_stealing_executor>(2);
  EXPECT_THAT(in_child_of_fork([&] {
                executor.reset();
                return 0;
              }),
              ends_well());
}

/// A group with one task that waits for a channel, on an executor of its own or on the default one.
struct waiting_group {
  std::optional<braid::work_stealing_executor> executor;
  braid::channel<int> ch{0};
  std::optional<braid::task_group> group;
  std::optional<braid::future<int>> value;

  explicit waiting_group(bool own_executor) {
    if (own_executor) executor.emplace(1u);
    group.emplace(own_executor ? braid::context(braid::environment{.executor = &*executor}) : braid::context());
    value = group->async([](braid::receiver<int> rx) -> braid::task<int> { co_return *co_await rx.recv(); }, ch.rx);
  }
  ~waiting_group() {
    if (!group) return;
    static_cast<void>(ch.tx.send(1).get());
    group->join().get();
  }
};

TEST(fork, a_join_of_tasks_of_the_parent_ends_the_child_with_a_sentence) {
  for (const bool own_executor : {false, true}) {
    waiting_group before(own_executor);
    const char* const sentence = "tasks that were spawned before fork()";
    EXPECT_THAT(in_child_of_fork([&] { return before.group->join().get(), 0; }), ends_with_sentence(sentence));
    EXPECT_THAT(in_child_of_fork([&] { return before.value->get(); }), ends_with_sentence(sentence));
    EXPECT_THAT(in_child_of_fork([&] { return before.group->spawn([] {}), 0; }), ends_with_sentence("before fork()"));
  }
}

TEST(fork, a_group_with_tasks_of_the_parent_is_cancelled_and_destroyed_in_the_child_without_a_wait) {
  for (const bool own_executor : {false, true}) {
    waiting_group before(own_executor);
    EXPECT_THAT(in_child_of_fork([&] {
                  before.group->cancel();
                  before.group.reset();
                  return 0;
                }),
                ends_well());
    EXPECT_THAT(in_child_of_fork([&] {
                  before.group.reset();
                  before.executor.reset();
                  return 0;
                }),
                ends_well());
  }
}

TEST(fork, a_value_for_a_task_of_the_parent_ends_the_child_with_a_sentence_and_is_not_lost) {
  waiting_group before(true);
  before.group->async([] {}).get();  // on the one worker, so the task before it waits
  EXPECT_THAT(in_child_of_fork([&] {
                static_cast<void>(before.ch.tx.send(1).get());
                return 0;
              }),
              ends_with_sentence("an executor that was made before fork()"));
}

TEST(fork, a_group_whose_tasks_had_ended_is_used_again_in_the_child) {
  braid::task_group group;
  group.spawn([] {});
  group.join().get();
  EXPECT_THAT(in_child_of_fork([&] {
                int ran = 0;
                group.spawn([&] { ++ran; });
                group.join().get();
                return ran == 1 ? 0 : 1;
              }),
              ends_well());
}

TEST(fork, a_group_on_a_manual_executor_goes_on_in_the_child) {
  braid::manual_executor steps;
  braid::manual_clock clock;
  braid::task_group group(braid::context(braid::environment{.executor = &steps, .clock = &clock}));
  group.spawn([]() -> braid::task<> { co_await braid::after(1s); });
  steps.run();
  const auto goes_on = [&] {
    clock.advance(1s);
    steps.run();
    group.join().get();
    return 0;
  };
  EXPECT_THAT(in_child_of_fork(goes_on), ends_well());
  goes_on();
}

TEST(fork, the_default_executor_and_the_clock_are_made_anew_in_the_child) {
  const auto works = [] {
    std::atomic<int> ran{0};
    braid::task_group group;
    for (int i = 0; i < 10; ++i)
      group.spawn([&]() -> braid::task<> {
        co_await braid::after(1ms);
        ++ran;
      });
    group.join().get();
    const auto in_limit = braid::with_timeout(1ms);
    in_limit.done().get();
    return ran == 10 ? 0 : 1;
  };
  ASSERT_EQ(works(), 0);
  EXPECT_THAT(in_child_of_fork(works), ends_well());
}

TEST(fork, channels_and_permits_of_the_parent_work_in_the_child) {
  braid::channel<int> ch(1);
  braid::semaphore permits(1);
  EXPECT_THAT(in_child_of_fork([&] {
                std::thread other([&] { static_cast<void>(ch.tx.send(7).get()); });
                const auto got = ch.rx.recv().get();
                other.join();
                const auto held = permits.acquire(1).get();
                return got == 7 ? 0 : 1;
              }),
              ends_well());
}

TEST(fork, a_timer_of_the_parent_ends_the_child_with_a_sentence) {
  braid::after soon(1h);
  braid::every often(1h);
  EXPECT_THAT(in_child_of_fork([&] { return soon.get(), 0; }), ends_with_sentence("a timer or a context"));
  EXPECT_THAT(in_child_of_fork([&] { return often.get(), 0; }), ends_with_sentence("a timer or a context"));
}

TEST(fork, a_deadline_of_the_parent_ends_the_child_with_a_sentence) {
  const braid::context limited = braid::with_timeout(1h);
  const auto below = braid::with_cancel(limited);
  braid::channel<int> ch(0);
  const char* const sentence = "a context with a deadline that was made before fork()";
  EXPECT_THAT(in_child_of_fork([&] { return limited.done().get(), 0; }), ends_with_sentence(sentence));
  EXPECT_THAT(in_child_of_fork([&] {
                auto in = ch.rx.recv();
                static_cast<void>(braid::within(below.ctx, in).get());
                return 0;
              }),
              ends_with_sentence(sentence));
  EXPECT_THAT(in_child_of_fork([&] {
                braid::task_group group(below.ctx);
                group.spawn([] {});
                group.join().get();
                return 0;
              }),
              ends_with_sentence(sentence));
}

/// Pulls one item, forks, and lets the child pull the others; then the parent does.
template<class T>
child_end child_that_runs_on(braid::stream<T>& stream, const std::function<void()>& before_the_rest) {
  auto at = stream.begin();
  const child_end end = in_child_of_fork([&] {
    for (; at != stream.end(); ++at) continue;
    return 0;
  });
  before_the_rest();
  for (; at != stream.end(); ++at) continue;
  return end;
}

const char* const stream_sentence = "a stream that was started before fork()";

TEST(fork, a_stream_of_the_parent_that_waits_for_its_helpers_ends_the_child_with_a_sentence) {
  std::atomic<int> begun{0};
  std::promise<void> may_end;
  std::shared_future<void> gate = may_end.get_future().share();
  auto stream = braid::from(std::views::iota(0, 10)) | braid::map(2, [&begun, gate](int x) {
                  ++begun;
                  while (begun < 2) std::this_thread::yield();  // another thread has the other one of the first two
                  if (x == 1) gate.wait();
                  return x;
                });
  EXPECT_THAT(child_that_runs_on(stream, [&] { may_end.set_value(); }), ends_with_sentence(stream_sentence));
}

TEST(fork, a_stream_of_the_parent_that_waits_for_its_tasks_ends_the_child_with_a_sentence) {
  braid::channel<int> gate(0);
  auto stream = braid::from(std::views::iota(0, 3)) | braid::map(3, [rx = gate.rx](int x) -> braid::task<int> {
                  if (x > 0) co_await rx.recv();
                  co_return x;
                });
  EXPECT_THAT(child_that_runs_on(stream, [&] { gate.tx.close(); }), ends_with_sentence(stream_sentence));
}

TEST(fork, a_stream_that_runs_is_destroyed_in_the_child_without_a_wait) {
  braid::channel<int> gate(0);
  std::optional plain(braid::from(std::views::iota(0, 10)) | braid::map(2, twice));
  std::optional tasks(braid::from(std::views::iota(0, 3)) | braid::map(3, [rx = gate.rx](int x) -> braid::task<int> {
                        if (x > 0) co_await rx.recv();
                        co_return x;
                      }));
  static_cast<void>(plain->begin());
  static_cast<void>(tasks->begin());
  EXPECT_THAT(in_child_of_fork([&] {
                plain.reset();
                tasks.reset();
                return 0;
              }),
              ends_well());
  gate.tx.close();
}

TEST(fork, an_operation_of_a_task_that_was_claimed_and_not_resumed_is_destroyed_in_the_child) {
  braid::work_stealing_executor executor(1);
  braid::task_group group(braid::context(braid::environment{.executor = &executor}));
  braid::channel<int> ch(0);
  struct waiting {
    decltype(ch.rx.recv()) recv;
  };
  std::unique_ptr<waiting> in(new waiting{ch.rx.recv()});
  braid::record_waits();
  const int others = recvs_that_wait();
  group.spawn([](waiting* at) -> braid::task<> { co_await at->recv; }, in.get());
  while (recvs_that_wait() == others) std::this_thread::yield();
  std::atomic<bool> busy{false}, may_end{false};
  group.spawn([&] {
    for (busy = true; !may_end;) std::this_thread::yield();
  });
  while (!busy) std::this_thread::yield();
  EXPECT_TRUE(ch.tx.try_send(1));  // the one worker is busy: the task is not resumed before the fork
  EXPECT_THAT(in_child_of_fork([&] {
                in.reset();
                return 0;
              }),
              ends_well());
  may_end = true;
  group.join().get();
}

TEST(fork, a_task_that_forks_and_comes_back_in_the_child_ends_it_with_a_sentence) {
  const auto forks = [](bool blocks) {
    std::optional<child_end> end;
    braid::task_group group;
    if (blocks) {
      group.spawn(braid::blocking([&end] { end = fork_here(); }));
    } else {
      group.spawn([&end] { end = fork_here(); });
    }
    group.join().get();
    return end.value();
  };
  for (const bool blocks : {false, true}) {
    child_end end = forks(blocks);
    for (int tries = 1; tries < 10 && end.held_a_lock(); ++tries) end = forks(blocks);
    EXPECT_THAT(end, ends_with_sentence("an executor that was made before fork()"));
  }
}

TEST(fork, a_task_that_forks_may_exec_or_exit_in_the_child) {
  std::optional<child_end> end;
  braid::task_group group;
  group.spawn([&end] { end = in_child_of_fork([] { return 0; }); });
  group.join().get();
  ASSERT_TRUE(end);
  EXPECT_THAT(*end, ends_well());
}

}  // namespace
}  // namespace torture

#endif
