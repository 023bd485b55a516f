// Threads that block: more of them than workers, and more than may be.
#include <sys/resource.h>

#include <vector>

#include "braid/runtime/errors.hpp"
#include "braid/sync/ticker.hpp"
#include "braid/sync/within.hpp"
#include "torture/torture.hpp"

namespace {

using namespace std::chrono_literals;

class blocked : public torture::on_workers {};
INSTANTIATE_TEST_SUITE_P(workers, blocked, testing::Values(1u, 2u, 8u));

TEST_P(blocked, producers_and_consumers_that_block_their_threads_pass_every_value) {
  std::atomic<long> sum{0};
  braid::task_group group(ctx_);
  {
    auto [tx, rx] = braid::channel<int>(0);
    for (int c = 0; c < 50; ++c)
      group.spawn([&sum, in = rx] {
        for (int v : in) sum += v;
      });
    for (int p = 0; p < 50; ++p)
      group.spawn([out = tx] {
        for (int i = 1; i <= 20; ++i) EXPECT_TRUE(out.send(i).get());
      });
  }
  group.join().get();
  EXPECT_EQ(sum, 50 * 210);
}

TEST_P(blocked, threads_and_coroutines_wait_for_each_other) {
  std::atomic<int> got{0};
  braid::task_group group(ctx_);
  for (int i = 0; i < 50; ++i) {
    auto [there, in] = braid::channel<int>(0);
    auto [back, out] = braid::channel<int>(0);
    group.spawn(
        [](braid::receiver<int> from, braid::sender<int> to) -> braid::task<> {
          auto v = co_await from.recv();
          const bool sent = co_await to.send(v.value_or(-1) + 1);
          EXPECT_TRUE(sent);
        },
        std::move(in), std::move(back));
    group.spawn([&got, to = std::move(there), from = std::move(out), i] {
      EXPECT_TRUE(to.send(i).get());
      if (from.recv().get() == i + 1) ++got;
    });
  }
  group.join().get();
  EXPECT_EQ(got, 50);
}

// More functions marked blocking than places for them, each of which waits for the next in the queue.
TEST_P(blocked, functions_marked_blocking_that_wait_for_each_other_end) {
  constexpr int count = 200;
  std::atomic<int> passed{0};
  braid::task_group group(ctx_);
  std::vector<braid::channel<int>> links;
  for (int i = 0; i <= count; ++i) links.emplace_back(0);
  for (int i = 0; i < count; ++i)
    group.spawn(braid::blocking([&passed, in = links[i + 1].rx, out = links[i].tx] {
      const auto v = in.recv().get();
      if (out.send(v.value_or(0) + 1).get()) ++passed;
    }));
  group.spawn(braid::blocking([out = links[count].tx] { EXPECT_TRUE(out.send(0).get()); }));
  EXPECT_EQ(links[0].rx.recv().get(), count);
  group.join().get();
  EXPECT_EQ(passed, count);
}

class blocked_at_the_cap : public torture::on_workers {
 protected:
  static constexpr std::size_t spares = 8;
  blocked_at_the_cap() : on_workers(braid::executor_options{.workers = GetParam(), .spare_threads = spares}) {}
};
INSTANTIATE_TEST_SUITE_P(workers, blocked_at_the_cap, testing::Values(1u, 2u, 8u));

TEST_P(blocked_at_the_cap, ten_thousand_waits_end_as_served_or_with_no_thread_left_and_none_is_lost) {
  constexpr int waits = 10'000;
  std::atomic<int> served{0}, refused{0}, named{0};
  auto [tx, rx] = braid::channel<int>(0, {.name = "jobs"});
  braid::task_group group(ctx_);
  for (int i = 0; i < waits; ++i)
    group.spawn([&, in = rx] {
      auto wait = in.recv();
      try {
        if (wait.get()) ++served;
      } catch (const braid::no_thread_left& e) {
        if (std::string(e.what()).find(" wait in recv on channel 'jobs'") != std::string::npos) ++named;
        ++refused;
      }
    });
  int sent = 0;
  while (served + refused < waits)
    if (tx.try_send(1)) ++sent;
  group.join().get();
  EXPECT_EQ(served, sent);
  // A thread that was served runs on for a moment; so now and then nobody waits when somebody is refused.
  if (refused > 0) {
    EXPECT_GT(named, 0) << "no refusal has said who holds the threads";
  }
  EXPECT_EQ(served + refused, waits);
}

TEST_P(blocked, an_idle_executor_uses_no_cpu) {
  braid::task_group group(ctx_);
  for (int i = 0; i < 100; ++i) group.spawn([] {});
  group.join().get();
  braid::after(100ms).get();  // workers look around for a while, the sentinel a few times
  const auto cpu = [] {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return std::chrono::seconds(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           std::chrono::microseconds(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  };
  const bool long_form = std::getenv("BRAID_PROVE_SECONDS") || std::getenv("BRAID_IDLE_LONG");
  auto used = std::chrono::microseconds::max();
  for (int window = 0; window < 10 && used > 2ms; ++window) {  // on a busy machine their last looks may come late
    const auto before = cpu();
    braid::after(long_form ? 10s : 300ms).get();
    used = cpu() - before;
  }
  EXPECT_LE(used, 2ms) << "while idle";
  if (long_form) std::printf("idle for 10 s: %ld us of CPU\n", static_cast<long>(used / 1us));
}

TEST_P(blocked, no_thread_is_left_after_shut_down) {
  const std::size_t before = torture::threads_now();
  {
    braid::work_stealing_executor pool(workers());
    braid::task_group group(braid::context(braid::environment{.executor = &pool}));
    auto [tx, rx] = braid::channel<int>(0);
    for (int i = 0; i < 20; ++i) group.spawn([in = rx] { static_cast<void>(in.recv().get()); });
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(tx.send(i).get());
    group.join().get();
    EXPECT_GE(torture::threads_now(), before + workers());
  }
  // The kernel lists a joined thread for a moment longer; one that is left for good is the watchdog's.
  while (torture::threads_now() > before) std::this_thread::yield();
  EXPECT_EQ(torture::threads_now(), before);
}

}  // namespace
