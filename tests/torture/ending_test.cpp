// Ends that come at the wrong moment: cancels with full queues, stops from inside, exceptions everywhere, executors
// that go while tasks wait.
#include <stdexcept>
#include <thread>
#include <vector>

#include "braid/sync/within.hpp"
#include "torture/torture.hpp"

namespace {

class ending : public torture::on_workers {};
INSTANTIATE_TEST_SUITE_P(workers, ending, testing::Values(1u, 2u, 8u));

/// Joins a group whose context was cancelled from above, which is what its join then reports.
void try_join(braid::task_group& group) {
  try {
    group.join().get();
  } catch (const braid::cancelled&) {
  }
}

// alitto/pond#61: to cancel a pool with tasks in its queue hung the one that waited for it to stop.
TEST_P(ending, a_cancel_with_a_full_queue_lets_the_join_go_on) {
  constexpr int below_the_cap = 200;  // of threads that wait, so none is refused however late the cancel comes
  std::atomic<int> ran{0};
  auto [tx, rx] = braid::channel<int>(10);
  braid::task_group group(ctx_);
  for (int i = 0; i < below_the_cap; ++i)
    group.spawn([&, out = tx] {
      ++ran;
      for (;;) static_cast<void>(out.send(1).get());
    });
  while (ran == 0) std::this_thread::yield();
  group.cancel();
  EXPECT_NO_THROW(group.join().get());
  EXPECT_EQ(ran + group.skipped(), std::size_t{below_the_cap});
  EXPECT_LE(rx.size(), 10u);
}

// alitto/pond#138: the same while tasks are being submitted.
TEST_P(ending, a_cancel_while_others_spawn_leaves_nobody_behind) {
  std::atomic<int> started{0}, ended{0};
  braid::task_group group(ctx_);
  std::vector<std::thread> spawners;
  for (int t = 0; t < 4; ++t)
    spawners.emplace_back([&] {
      for (int i = 0; i < 500; ++i)
        group.spawn([&]() -> braid::task<> {
          ++started;
          struct note {
            std::atomic<int>& n;
            ~note() { ++n; }
          } const at_end{ended};
          auto [tx, rx] = braid::channel<int>(0);
          static_cast<void>(co_await rx.recv());
        });
    });
  group.cancel();
  for (std::thread& t : spawners) t.join();
  EXPECT_NO_THROW(group.join().get());
  EXPECT_EQ(started + group.skipped(), 2'000u);
  EXPECT_EQ(ended, started);
}

TEST_P(ending, a_task_cancels_its_own_group_from_inside) {
  std::atomic<int> woken{0};
  auto [tx, rx] = braid::channel<int>(0);
  braid::task_group group(ctx_);
  for (int i = 0; i < 50; ++i)
    group.spawn([&, in = rx] {
      try {
        static_cast<void>(in.recv().get());
      } catch (const braid::cancelled&) {
        ++woken;
      }
    });
  group.spawn([&] { group.cancel("enough"); });
  EXPECT_NO_THROW(group.join().get());
  EXPECT_EQ(woken + group.skipped(), 50u);
}

// panjf2000/ants#146, taskflow/taskflow#479: every worker throws, and the pool is used again.
TEST_P(ending, every_task_throws_and_the_executor_goes_on) {
  for (int round = 0; round < 20; ++round) {
    braid::task_group group(ctx_);
    for (int i = 0; i < 20; ++i) group.spawn([] { throw std::runtime_error("all of them"); });
    EXPECT_THROW(group.join().get(), std::runtime_error);
  }
  std::atomic<int> ran{0};
  braid::task_group group(ctx_);
  for (int i = 0; i < 20; ++i) group.spawn([&] { ++ran; });
  group.join().get();
  EXPECT_EQ(ran, 20);
}

// sourcegraph/conc#88: a pool that was used from a cancelled context blocked its submitter.
TEST_P(ending, a_group_below_a_cancelled_context_skips_and_counts_its_tasks) {
  auto [ctx, cancel] = braid::with_cancel(ctx_);
  cancel("before it began");
  std::atomic<int> ran{0};
  auto [tx, rx] = braid::channel<int>(0);
  braid::task_group group(ctx);
  for (int i = 0; i < 50; ++i)
    group.spawn([&, in = rx] {
      ++ran;
      static_cast<void>(in.recv().get());
    });
  EXPECT_THROW(group.join().get(), braid::cancelled);
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(group.skipped(), 50u);
}

// jbaldwin/libcoro#401, #402: an executor that shut down while its tasks waited on each other never ended.
TEST_P(ending, an_executor_goes_while_its_tasks_wait_in_every_way) {
  std::atomic<int> ended{0};
  auto [tx, rx] = braid::channel<int>(0);
  auto group = std::make_unique<braid::task_group>(ctx_);
  for (int i = 0; i < 20; ++i) {
    group->spawn([&, in = rx] {
      try {
        static_cast<void>(in.recv().get());
      } catch (const braid::cancelled&) {
        ++ended;
      }
    });
    group->spawn(
        [](braid::receiver<int> in, std::atomic<int>* count) -> braid::task<> {
          try {
            static_cast<void>(co_await in.recv());
          } catch (const braid::cancelled&) {
            ++*count;
          }
        },
        rx, &ended);
    group->spawn(braid::blocking([&, in = rx] {
      try {
        static_cast<void>(in.recv().get());
      } catch (const braid::cancelled&) {
        ++ended;
      }
    }));
  }
  pool_.reset();
  const int ended_in_time = ended;
  EXPECT_NO_THROW(try_join(*group));
  EXPECT_EQ(ended_in_time + group->skipped(), 60u);
}

}  // namespace
