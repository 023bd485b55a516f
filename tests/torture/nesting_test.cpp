// Waiting inside of what is waited for: the deadlocks that pools are known for, rebuilt. The names in parentheses are
// the reports: owner/repository#number.
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "braid/sync/fork_join.hpp"
#include "torture/torture.hpp"

namespace {

class nesting : public torture::on_workers {};
INSTANTIATE_TEST_SUITE_P(workers, nesting, testing::Values(1u, 2u, 8u));

/// A tree of groups, each joined by the task that made it.
void grow(int depth, int width, std::atomic<int>& leaves) {
  if (depth == 0) {
    ++leaves;
    return;
  }
  braid::task_group group;
  for (int i = 0; i < width; ++i) group.spawn([&, depth, width] { grow(depth - 1, width, leaves); });
  group.join().get();
}

// alitto/pond#56: groups inside groups hung once every worker waited for a child in the queue.
TEST_P(nesting, groups_in_groups_in_groups_end) {
  std::atomic<int> leaves{0};
  braid::task_group group(ctx_);
  for (int i = 0; i < 8; ++i) group.spawn([&] { grow(4, 4, leaves); });
  group.join().get();
  EXPECT_EQ(leaves, 8 * 256);
}

// panjf2000/ants#197: a job that submits a job and waits for it blocked for ever when the pool was full of such.
TEST_P(nesting, every_worker_waits_for_a_task_that_it_has_just_spawned) {
  std::atomic<int> answers{0};
  braid::task_group group(ctx_);
  for (int i = 0; i < 100; ++i)
    group.spawn([&, i] {
      auto [tx, rx] = braid::channel<int>(0);
      group.spawn([i, out = std::move(tx)] { EXPECT_TRUE(out.send(i).get()); });
      if (rx.recv().get() == i) ++answers;
    });
  group.join().get();
  EXPECT_EQ(answers, 100);
}

// bshoshany/thread-pool#95: parallel loops in parallel loops.
TEST_P(nesting, loops_in_loops_end) {
  std::atomic<int> inner{0};
  braid::task_group rows(ctx_);
  for (int i = 0; i < 30; ++i)
    rows.spawn([&] {
      braid::task_group columns;
      for (int j = 0; j < 30; ++j) columns.spawn([&] { ++inner; });
      columns.join().get();
    });
  rows.join().get();
  EXPECT_EQ(inner, 900);
}

braid::task<int> count_down(int n) {
  const int below = n > 0 ? count_down(n - 1).get() : 0;
  co_return below + 1;
}

// David-Haim/concurrencpp#61: get() of a result on the pool's own thread. Each level blocks one thread more.
TEST_P(nesting, a_task_runs_a_task_with_get_which_runs_a_task_with_get) {
  int depth = 0;
  braid::task_group group(ctx_);
  group.spawn([&] { depth = count_down(99).get(); });
  group.join().get();
  EXPECT_EQ(depth, 100);
}

// rayon-rs/rayon#592: a thread that holds a mutex joins, helps with unrelated work, and that wants the same mutex.
TEST_P(nesting, a_mutex_is_held_across_a_join) {
  std::mutex mutex;
  long total = 0;
  braid::task_group group(ctx_);
  for (int i = 0; i < 50; ++i)
    group.spawn([&] {
      std::lock_guard guard(mutex);
      auto [a, b] = braid::fork_join([] { return 1; }, [] { return 2; });
      std::atomic<int> more{0};
      braid::task_group children;
      for (int j = 0; j < 4; ++j) children.spawn([&] { ++more; });
      children.join().get();
      total += a + b + more;
    });
  group.join().get();
  EXPECT_EQ(total, 50 * 7);
}

int fib(int n) {
  if (n < 2) return n;
  auto [a, b] = braid::fork_join([n] { return fib(n - 1); }, [n] { return fib(n - 2); });
  return a + b;
}

// uxlfoundation/oneTBB#1316, #1684, #2156: forks inside tasks inside forks, joined from all sides.
TEST_P(nesting, forks_in_groups_in_forks_end) {
  std::atomic<int> sum{0};
  braid::task_group group(ctx_);
  for (int i = 0; i < 8; ++i)
    group.spawn([&] {
      const auto branch = [&] {
        braid::task_group inner;
        for (int j = 0; j < 4; ++j) inner.spawn([&] { sum += fib(12); });
        inner.join().get();
      };
      static_cast<void>(braid::fork_join(branch, branch));
    });
  group.join().get();
  EXPECT_EQ(sum, 8 * 2 * 4 * 144);
}

// A worker that has lent its seat has nobody to share with, and keeps the promise all the same: both run.
TEST_P(nesting, a_fork_join_without_a_seat_runs_both_whatever_the_first_does) {
  std::atomic<int> ran{0}, both{0};
  braid::task_group group(ctx_);
  for (int i = 0; i < 10; ++i)
    group.spawn(braid::blocking([&] {
      try {
        static_cast<void>(braid::fork_join(
            [&] {
              ++ran;
              throw std::runtime_error("first");
            },
            [&] {
              ++ran;
              throw std::runtime_error("second");
            }));
      } catch (const braid::both_failed&) {
        ++both;
      }
    }));
  group.join().get();
  EXPECT_EQ(ran, 20);
  EXPECT_EQ(both, 10);
}

// taskflow/taskflow#435: to run and wait inside a task of the same executor.
TEST_P(nesting, a_task_joins_a_group_of_its_own_executor_and_of_another) {
  braid::work_stealing_executor other(1);
  std::atomic<int> ran{0};
  braid::task_group group(ctx_);
  for (int i = 0; i < 20; ++i)
    group.spawn([&] {
      braid::task_group here, there(braid::with_environment(braid::current_context(), {.executor = &other}));
      here.spawn([&] { ++ran; });
      there.spawn([&] { ++ran; });
      there.join().get();
      here.join().get();
    });
  group.join().get();
  EXPECT_EQ(ran, 40);
}

// taskflow/taskflow#696, libcoro#273: a long chain of tasks, each of which waits for the next, overflowed the stack.
braid::task<int> chain(int n) {
  int below = 0;
  if (n > 0) below = co_await chain(n - 1);
  co_return below + 1;
}

TEST_P(nesting, a_chain_of_a_hundred_thousand_awaits_ends) {
  std::atomic<int> length{0};
  braid::task_group group(ctx_);
  group.spawn([&]() -> braid::task<> {
    const int n = co_await chain(99'999);
    length = n;
  });
  group.join().get();
  EXPECT_EQ(length, 100'000);
}

}  // namespace
