// Every call of the library that makes something is tried with each of its allocations failing in turn. Either it throws
// std::bad_alloc (no_thread_left if it had to start one) and nothing has happened, or it has coped. What it was called
// on can be used as before.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <ranges>
#include <string>
#include <vector>

#include "braid/braid.hpp"
#include "conformance/allocation_count.hpp"

namespace {

using namespace std::chrono_literals;
using namespace braid::conformance;
using std::views::iota;

/// Calls `attempt` again and again: with its first allocation failing, then with its second, until none fails. After
/// each call that has thrown, `look_after` sees that nothing has happened.
class scarce_memory : public testing::Test {
 protected:
  void SetUp() override {
    if (!allocations_can_fail) GTEST_SKIP() << "a sanitizer's operator new does not fail";
  }

  template<class Attempt, class LookAfter>
  void fail_each(Attempt attempt, LookAfter look_after) {
    for (std::size_t spared = 0;; ++spared) {
      SCOPED_TRACE(testing::Message() << spared << " allocations before the one that fails");
      ASSERT_LT(spared, 1000u);
      bool thrown = false;
      fail_allocation_after(spared);
      try {
        attempt();
      } catch (const std::bad_alloc&) {
        thrown = true;
      } catch (const braid::no_thread_left&) {  // there was no memory to start one
        thrown = true;
      }
      const bool has_failed = allocation_has_failed();
      EXPECT_TRUE(has_failed || !thrown);
      if (thrown) look_after();
      if (!has_failed) return;
    }
  }
  template<class Attempt>
  void fail_each(Attempt attempt) {
    fail_each(std::move(attempt), [] {});
  }
};

TEST_F(scarce_memory, a_channel_of_each_flavour_is_made_or_not) {
  fail_each([] { braid::channel<std::string> ch(0); });
  fail_each([] { braid::channel<std::string> ch(8); });
  fail_each([] { braid::channel<std::string> ch(braid::unbounded); });
  fail_each([] { braid::channel<std::string> ch(braid::drop_oldest(8)); });
  fail_each([] { braid::channel<std::string> ch(braid::drop_newest(8)); });
  fail_each([] { braid::channel<std::string> ch(braid::conflated); });
  fail_each([] {
    braid::channel<std::string> ch(braid::priority(8, [](const std::string& s) { return static_cast<int>(s.size()); }));
  });
  fail_each([] { braid::broadcast<std::string> bc(8); });
}

TEST_F(scarce_memory, a_send_that_finds_no_memory_keeps_its_value) {
  auto [tx, rx] = braid::channel<std::unique_ptr<int>>(braid::unbounded);
  int sent = 0;
  for (int i = 0; i < 500; ++i) {
    auto out = tx.send(std::make_unique<int>(i));
    fail_each([&] { EXPECT_TRUE(out.get()); },
              [&] {
                ASSERT_TRUE(out.value());
                EXPECT_EQ(*out.value(), i);
                EXPECT_EQ(rx.size(), static_cast<std::size_t>(sent));
              });
    ++sent;
  }
  for (int i = 0; i < sent; ++i) EXPECT_EQ(*rx.try_recv().value(), i);
}

TEST_F(scarce_memory, what_a_close_gives_back_is_not_lost) {
  auto [tx, rx] = braid::channel<int>(braid::unbounded);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(tx.try_send(i));
  std::vector<int> back;
  std::size_t most = 100;
  fail_each([&] { back = rx.close(); }, [&, &in = rx] { most = std::min(most, in.size()); });
  EXPECT_EQ(back.size(), most);
  EXPECT_EQ(most, 100u) << "a close that threw has kept all";
}

TEST_F(scarce_memory, a_task_is_spawned_or_not) {
  braid::task_group group;
  std::atomic<int> runs{0};
  int spawned = 0;
  fail_each([&] { group.spawn([&] { ++runs; }), ++spawned; });
  fail_each([&] { group.spawn([](std::atomic<int>* n) -> braid::task<> { co_return void(++*n); }, &runs), ++spawned; });
  fail_each(
      [&] { group.spawn(braid::named("with a name that is longer than a small string"), [&] { ++runs; }), ++spawned; });
  fail_each([&] { group.spawn(braid::blocking([&] { ++runs; })), ++spawned; });
  fail_each([&] {
    auto future = group.async([&] { return std::to_string(++runs); });
    ++spawned;
  });
  fail_each([&] {
    auto values = group.generate<int>(3, [&](braid::sender<int>) { ++runs; });
    ++spawned;
  });
  try {
    group.wait();
  } catch (const std::bad_alloc&) {  // a task may have had no memory for its frame
  }
  EXPECT_LE(runs, spawned);
  EXPECT_GE(runs + static_cast<int>(group.errors().size()), spawned);
}

TEST_F(scarce_memory, a_context_is_made_or_not) {
  const braid::context_key<std::string> key{};
  const braid::context parent = braid::with_cancel(braid::context()).ctx;
  fail_each([&] { static_cast<void>(braid::with_cancel(parent)); });
  fail_each([&] { static_cast<void>(braid::with_timeout(parent, 1h)); });
  fail_each([&] { static_cast<void>(braid::with_value(parent, key, std::string(100, 'x'))); });
  fail_each([&] { static_cast<void>(braid::without_cancel(parent)); });
  fail_each([&] {
    const std::stop_source stop;
    static_cast<void>(braid::with_stop(parent, stop.get_token()));
  });
  fail_each([&] { braid::task_group group(parent); });
  EXPECT_FALSE(parent.is_cancelled());
}

TEST_F(scarce_memory, a_cancel_reaches_everything_or_nothing) {
  fail_each([] {
    auto [ctx, cancel] = braid::with_cancel(braid::context());
    const braid::context child = braid::with_timeout(ctx, 1h);
    try {
      cancel("a cause that is longer than a small string can hold");
    } catch (const std::bad_alloc&) {
      EXPECT_FALSE(ctx.is_cancelled() || child.is_cancelled());
      throw;
    }
    EXPECT_TRUE(child.is_cancelled());
  });
}

/// Tasks that run on this thread, so that what they allocate fails as well.
struct on_this_thread {
  braid::manual_executor hand;
  braid::manual_clock clock;
  braid::context ctx{braid::environment{.executor = &hand, .clock = &clock}};
};

braid::task<> sleep_for_an_hour(std::atomic<int>* cancelled) {
  try {
    co_await braid::after(1h);
  } catch (const braid::cancelled&) {
    ++*cancelled;
    throw;
  }
}

TEST_F(scarce_memory, a_failure_a_deadline_and_a_cancel_of_a_group_end_its_tasks) {
  on_this_thread world;
  const auto attempt = [&](auto end) {
    std::atomic<int> cancelled{0};
    braid::task_group group(braid::with_timeout(world.ctx, 1min));
    try {
      group.spawn(sleep_for_an_hour, &cancelled);
      world.hand.run();
      end(group);
    } catch (const std::bad_alloc&) {
      group.cancel();  // there is memory again; the destructor would wait for what only this thread runs
      world.hand.run();
      throw;
    }
    world.hand.run();
    EXPECT_TRUE(cancelled == 1 || allocation_has_failed()) << "a task without memory for its frame or timer has failed";
    EXPECT_TRUE(group.ctx().is_cancelled());
    try {
      group.wait();
    } catch (const std::exception&) {
    }
  };
  fail_each([&] { attempt([](braid::task_group& g) { g.spawn([] { throw std::bad_alloc(); }); }); });
  fail_each([&] { attempt([&](braid::task_group&) { world.clock.advance(1min); }); });
  fail_each([&] { attempt([](braid::task_group& g) { g.cancel(); }); });
}

/// The sum of 0 .. n - 1.
long sum_below(long n) {
  return n * (n - 1) / 2;
}

TEST_F(scarce_memory, a_stream_gives_all_or_throws) {
  const auto same = [](int x) { return x; };
  const auto task_of_same = [](int x) -> braid::task<int> { co_return x; };
  const auto even = [](int x) { return x % 2 == 0; };
  const auto sum = [] { return braid::reduce(0L, std::plus{}); };
  fail_each([&] { EXPECT_EQ(braid::from(iota(0, 50)) | braid::map(same) | sum(), sum_below(50)); });
  fail_each([&] { EXPECT_EQ(braid::from(iota(0, 50)) | braid::map(3, same, braid::ordered) | sum(), sum_below(50)); });
  fail_each([&] { EXPECT_EQ(braid::from(iota(0, 50)) | braid::map(3, task_of_same) | sum(), sum_below(50)); });
  fail_each([&] { EXPECT_EQ((braid::from(iota(0, 50)) | braid::filter(even) | braid::collect()).size(), 25u); });
  fail_each([&] { EXPECT_EQ(braid::from(iota(0, 50)) | braid::chunk(7) | braid::count(), 8u); });
  fail_each([&] {
    std::vector<braid::stream<int>> two;
    two.push_back(braid::from(iota(0, 20)));
    two.push_back(braid::from(iota(20, 50)));
    EXPECT_EQ(braid::merge(std::move(two)) | sum(), sum_below(50));
  });
}

TEST_F(scarce_memory, items_of_a_channel_are_taken_or_stay_or_are_counted) {
  fail_each([] {
    auto [tx, rx] = braid::channel<int>(100);
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(tx.try_send(i));
    long got = 0;
    const auto account = [&, &in = rx, &out = tx] {
      EXPECT_EQ(got + static_cast<long>(in.size()) + static_cast<long>(out.dropped()), 50);
    };
    tx.close();
    try {
      braid::from(rx) | braid::map(2, [](int x) { return x; }) | braid::for_each([&](int) { ++got; });
    } catch (const std::bad_alloc&) {
      account();
      throw;
    }
    account();
  });
}

TEST_F(scarce_memory, a_pool_is_made_or_not) {
  fail_each([] { braid::worker_pool pool(3, [](int x) { return x; }); });
  fail_each([] { braid::worker_pool pool(3, braid::per_worker([] { return [](int x) { return x; }; })); });
  fail_each([] { braid::worker_pool pool(3, [](int x) -> braid::task<int> { co_return x; }); });
  fail_each([] { braid::worker_pool pool(3, braid::by_key([](int x) { return x; }), [](int x) { return x; }); });
}

TEST_F(scarce_memory, a_job_is_accepted_or_the_caller_keeps_it) {
  braid::worker_pool pool(2, [](int x) { return 2 * x; });
  std::uint64_t accepted = 0;
  const auto nothing_more_accepted = [&] { EXPECT_EQ(pool.stats().accepted, accepted); };
  const auto count = [&] { accepted = pool.stats().accepted; };
  fail_each([&] { EXPECT_EQ(pool.call(4), 8), count(); }, nothing_more_accepted);
  fail_each([&] { EXPECT_EQ(pool.async(5).get(), 10), count(); }, nothing_more_accepted);
  fail_each([&] { pool.post(6), count(); }, nothing_more_accepted);
  fail_each([&] { EXPECT_EQ(pool.run(std::vector{1, 2, 3}), (std::vector{2, 4, 6})); });
  pool.wait_idle().get();
  const braid::pool_stats seen = pool.stats();
  EXPECT_EQ(seen.accepted, seen.succeeded + seen.failed + seen.dropped);
  pool.drain().get();
}

TEST_F(scarce_memory, what_stop_gives_back_is_not_lost) {
  braid::worker_pool pool(1, [](int x) { return x; });
  pool.pause();
  for (int i = 0; i < 20; ++i) pool.post(i);
  std::size_t back = 0;
  fail_each([&] { back += pool.stop().get().size(); },
            [&] { EXPECT_EQ(pool.stats().queued, 20u) << "nothing was stopped"; });
  EXPECT_EQ(back, 20u);
}

TEST_F(scarce_memory, waits_with_a_limit_or_over_a_list_are_begun_or_not) {
  auto [tx, rx] = braid::channel<int>(1);
  fail_each([&, &in = rx] { EXPECT_FALSE(braid::try_within(0s, in.recv()).get()); });
  braid::select_list<decltype(rx.recv())> cases;
  fail_each([&, &in = rx] { cases.add([&] { return in.recv(); }); });
  EXPECT_EQ(cases.size(), 1u);
  fail_each([&] { EXPECT_EQ(braid::try_select(cases.cases()), braid::none); });
  fail_each([] { EXPECT_EQ(braid::within(1h, []() -> braid::task<int> { co_return 3; }()).get(), 3); });
  fail_each([] { EXPECT_EQ(braid::scope([](braid::task_group&) { return 3; }).get(), 3); });
  fail_each([] { EXPECT_EQ(braid::first_of([] { return 3; }, [] { return 3; }).get(), 3); });
  EXPECT_TRUE(tx.try_send(1)) << "no receive was left behind";
  EXPECT_EQ(rx.size(), 1u);
}

TEST_F(scarce_memory, permits_go_back) {
  braid::semaphore slots(3);
  fail_each([&] { static_cast<void>(slots.acquire(2).get()); });
  EXPECT_TRUE(slots.try_acquire(3)) << "all of it is there";
}

}  // namespace
