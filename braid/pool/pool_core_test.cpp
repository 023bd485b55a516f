#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "braid/pool/gate_test.hpp"
#include "braid/pool/worker_pool.hpp"

namespace {

using namespace std::chrono_literals;

TEST(pool_core, submit_waits_for_room) {
  gate g;
  braid::worker_pool pool(1, [&](int n) { return g.stand(), n; }, {.queue = 1});
  auto a = pool.submit(1).get();
  g.wait_for(1);
  auto b = pool.submit(2).get();
  auto third = pool.submit(3);
  EXPECT_EQ(braid::try_select(third), braid::detail::no_case);
  g.open = true;
  auto c = third.get();
  EXPECT_EQ(a.get() + b.get() + c.get(), 6);
}

TEST(pool_core, a_submit_in_a_select_is_begun_though_its_future_is_not_taken_yet) {
  std::atomic<bool> second_has_run = false;
  braid::worker_pool pool(2, [&](int n) {
    while (n == 1 && !second_has_run) std::this_thread::yield();
    second_has_run = n == 2;
  });
  for (int round = 0; round < 50; ++round) {  // soon no worker comes anew, and one that is idle has to be called
    auto first = pool.submit(1).get();
    auto second = pool.submit(2);
    ASSERT_EQ(braid::select(second).get(), 0u);
    first.get();
    second.result().get();
    second_has_run = false;
  }
}

/// Calls `last` inside as many ends of a chain as may be nested.
struct deep_end : braid::detail::chain_link {
  int left = 51;  ///< The first call is in none.
  std::function<void()> last{};
  static void go_down(braid::detail::chain_link& link) noexcept {
    auto& self = static_cast<deep_end&>(link);
    --self.left > 0 ? braid::detail::end_flat(link, go_down) : self.last();
  }
};

TEST(pool_core, a_submit_that_nobody_asks_may_go_after_its_pool_at_the_end_of_a_long_chain) {
  int lost = 0;
  const braid::context ctx = braid::with_value(braid::context(), braid::on_lost_failure, [&](const auto&) { ++lost; });
  std::optional<braid::worker_pool<int, int>> pool;
  pool.emplace(ctx, 1, [](int) -> int { throw std::runtime_error("nobody asks"); });
  using submit = decltype(pool->submit(1));
  std::unique_ptr<submit> op(new submit(pool->submit(1)));
  ASSERT_EQ(braid::select(*op).get(), 0u);
  while (pool->stats().failed == 0) std::this_thread::yield();
  deep_end chain;
  chain.last = [&] {
    pool.reset();
    op.reset();
  };
  deep_end::go_down(chain);
  EXPECT_EQ(lost, 1);
}

TEST(pool_core, a_submit_that_timed_out_still_has_its_job) {
  gate g;
  braid::worker_pool pool(1, [&](std::string s) { return g.stand(), s; }, {.queue = 1});
  auto a = pool.submit("a").get();
  g.wait_for(1);
  auto b = pool.submit("b").get();
  auto third = pool.submit("c");
  EXPECT_THROW(static_cast<void>(braid::within(1ms, third).get()), braid::timed_out);
  EXPECT_EQ(third.job(), "c");
  g.open = true;
  EXPECT_EQ(third.get().get(), "c");
}

TEST(pool_core, a_full_queue_may_refuse) {
  gate g;
  braid::worker_pool pool(1, [&](int n) { return g.stand(), n; }, {.queue = 1, .when_full = braid::when_full::fail});
  auto a = pool.submit(1).get();
  g.wait_for(1);
  auto b = pool.submit(2).get();
  auto third = pool.submit(3);
  EXPECT_THROW(static_cast<void>(third.get()), braid::queue_full);
  EXPECT_EQ(third.job(), 3);
  g.open = true;
  EXPECT_EQ(a.get() + b.get(), 3);
}

TEST(pool_core, without_a_queue_a_job_is_accepted_only_if_a_worker_is_free) {
  gate g;
  braid::worker_pool pool(2, [&](int n) { return g.stand(), n; }, {.queue = 0, .when_full = braid::when_full::fail});
  auto a = pool.submit(1).get();
  auto b = pool.submit(2).get();
  EXPECT_THROW(pool.post(3), braid::queue_full);
  g.open = true;
  EXPECT_EQ(a.get() + b.get(), 3);
}

TEST(pool_core, the_longest_queue_has_room_whether_workers_are_free_or_not) {
  gate g;
  braid::worker_pool pool(2, [&](int n) { return g.stand(), n; }, {.queue = std::numeric_limits<std::size_t>::max()});
  std::vector<braid::future<int>> all;
  for (int n = 0; n < 200; ++n) {
    auto next = pool.submit(n);
    ASSERT_EQ(braid::try_select(next), 0) << n;
    all.push_back(next.result());
  }
  g.open = true;
  for (int n = 0; n < 200; ++n) EXPECT_EQ(all[n].get(), n);
}

TEST(pool_core, a_full_queue_may_drop_the_oldest) {
  gate g;
  braid::worker_pool pool(1, [&](int n) { return g.stand(), n; },
                          {.queue = 2, .when_full = braid::when_full::drop_oldest});
  auto a = pool.submit(1).get();
  g.wait_for(1);
  auto b = pool.submit(2).get();
  auto c = pool.submit(3).get();
  auto d = pool.submit(4).get();
  EXPECT_THROW(b.get(), braid::job_dropped);
  g.open = true;
  EXPECT_EQ(a.get() + c.get() + d.get(), 8);
  EXPECT_EQ(pool.stats().dropped, 1u);
}

TEST(pool_core, the_oldest_is_dropped_also_where_it_waits_behind_its_key) {
  gate g;
  braid::worker_pool pool(2, braid::by_key([](int n) { return n < 9; }),
                          [&](int n) {
                            if (n < 9) g.stand();
                            return n;
                          },
                          {.queue = 2, .when_full = braid::when_full::drop_oldest});
  std::vector<braid::future<int>> all;
  for (int n = 1; n <= 3; ++n) all.push_back(pool.submit(n).get());
  g.wait_for(1);
  EXPECT_EQ(pool.call(9), 9);  // on its way the other worker has put 2 and 3 behind 1
  for (int n = 4; n <= 5; ++n) all.push_back(pool.submit(n).get());  // a worker is free, so three may wait
  EXPECT_THROW(all[1].get(), braid::job_dropped);
  g.open = true;
  EXPECT_EQ(all[0].get() + all[2].get() + all[3].get() + all[4].get(), 13);
}

TEST(pool_core, the_oldest_is_dropped_whatever_its_priority) {
  gate g;
  braid::worker_pool pool(1, [&](int n) { return g.stand(), n; },
                          {.queue = 2, .when_full = braid::when_full::drop_oldest, .priorities = true});
  auto a = pool.submit(1).get();
  g.wait_for(1);
  auto b = pool.submit(2, 5).get();
  auto c = pool.submit(3, 1).get();
  auto d = pool.submit(4, 2).get();
  EXPECT_THROW(b.get(), braid::job_dropped);
  g.open = true;
  EXPECT_EQ(a.get() + c.get() + d.get(), 8);
}

TEST(pool_core, a_full_queue_may_have_the_caller_run_the_job) {
  gate g;
  const auto me = std::this_thread::get_id();
  braid::worker_pool pool(1,
                          [&](int n) {
                            if (n < 3) g.stand();
                            return std::this_thread::get_id() == me;
                          },
                          {.queue = 1, .when_full = braid::when_full::caller_runs});
  auto a = pool.submit(1).get();
  g.wait_for(1);
  auto b = pool.submit(2).get();
  EXPECT_TRUE(pool.call(3));
  g.open = true;
  EXPECT_FALSE(a.get() || b.get());
  EXPECT_EQ(pool.stats().succeeded, 3u);
}

TEST(pool_core, a_job_that_its_caller_is_to_run_is_refused_once_the_pool_is_closed) {
  std::atomic<int> ran{0};
  gate g;
  braid::worker_pool pool(1, [&](int) { return g.stand(), ++ran; },
                          {.queue = 1, .when_full = braid::when_full::caller_runs});
  auto a = pool.submit(1).get();
  g.wait_for(1);
  auto b = pool.submit(2).get();
  auto third = pool.submit(3);
  ASSERT_EQ(braid::select(third).get(), 0u);
  g.open = true;
  pool.drain().get();
  EXPECT_THROW(static_cast<void>(third.result()), braid::pool_closed);
  EXPECT_EQ(third.job(), 3);
  EXPECT_EQ(ran, 2);
  EXPECT_EQ(pool.stats().accepted, 2u);
}

TEST(pool_core, and_once_the_pool_has_gone) {
  gate g;
  std::optional<braid::worker_pool<int, int>> pool;
  pool.emplace(
      1, [&](int n) { return g.stand(), n; },
      braid::pool_options{.queue = 0, .when_full = braid::when_full::caller_runs});
  auto a = pool->submit(1).get();
  auto second = pool->submit(2);
  ASSERT_EQ(braid::select(second).get(), 0u);
  g.open = true;
  pool.reset();
  EXPECT_THROW(static_cast<void>(second.result()), braid::pool_closed);
  EXPECT_EQ(second.job(), 2);
}

TEST(pool_core, the_greatest_priority_is_next_and_nobody_starves) {
  gate g;
  std::vector<int> order;
  braid::worker_pool pool(1,
                          [&](int n) {
                            if (n == 0) g.stand();
                            order.push_back(n);
                          },
                          {.queue = 100, .priorities = true, .most_passes = 3});
  std::vector<braid::future<void>> all;
  all.push_back(pool.submit(0).get());
  g.wait_for(1);
  all.push_back(pool.submit(1, 0).get());
  for (int n = 2; n < 10; ++n) all.push_back(pool.submit(n, 5).get());
  g.open = true;
  for (auto& one : all) one.get();
  EXPECT_EQ(order, (std::vector{0, 2, 3, 4, 1, 5, 6, 7, 8, 9}));
}

TEST(pool_core, keys_and_priorities_together_are_refused_by_an_exception_that_says_so) {
  const auto make = [] {
    braid::worker_pool pool(2, braid::by_key([](int n) { return n; }), [](int n) { return n; }, {.priorities = true});
  };
  try {
    make();
    FAIL() << "it was not refused";
  } catch (const std::invalid_argument& e) {
    EXPECT_NE(std::string(e.what()).find("pool_options::priorities"), std::string::npos) << e.what();
  }
}

struct movement {
  int product;
  int number;
};

template<class Handler>
void expect_order_by_key(Handler handler, int keys, std::vector<std::vector<int>>& seen) {
  braid::worker_pool<movement, void> pool(4, braid::by_key(&movement::product), handler, {.queue = 8});
  std::vector<movement> batch;
  for (int n = 0; n < 2000; ++n) batch.push_back({(n * 7 + n / 13) % keys, n});
  std::vector<braid::future<void>> all;
  for (const movement& m : batch) all.push_back(pool.submit(m).get());
  for (auto& one : all) one.get();
  for (int k = 0; k < keys; ++k) EXPECT_TRUE(std::is_sorted(seen[k].begin(), seen[k].end())) << "key " << k;
  std::size_t count = 0;
  for (const auto& one : seen) count += one.size();
  EXPECT_EQ(count, batch.size());
}

TEST(pool_core, jobs_of_one_key_run_in_order_and_one_at_a_time) {
  for (const int keys : {1, 2, 3, 17}) {
    std::vector<std::vector<int>> seen(keys);
    std::vector<std::atomic<int>> busy(keys);
    expect_order_by_key(
        [&](const movement& m) {
          EXPECT_EQ(++busy[m.product], 1);
          seen[m.product].push_back(m.number);
          for (int i = 0; i < m.number % 5; ++i) std::this_thread::yield();
          --busy[m.product];
        },
        keys, seen);
  }
}

TEST(pool_core, a_busy_key_does_not_hold_up_the_others) {
  gate g;
  braid::worker_pool pool(2, braid::by_key(&movement::product), [&](const movement& m) {
    if (m.product == 1) g.stand();
    return m.number;
  });
  std::vector<braid::future<int>> ones;
  for (int n = 0; n < 10; ++n) ones.push_back(pool.submit({1, n}).get());
  EXPECT_EQ(pool.call({2, 77}), 77);
  EXPECT_LE(g.arrived, 1);
  g.open = true;
  for (int n = 0; n < 10; ++n) EXPECT_EQ(ones[n].get(), n);
}

TEST(pool_core, a_thousand_jobs_of_one_key_behind_each_other_keep_their_order) {
  std::vector<int> order;
  braid::worker_pool pool(3, braid::by_key([](int) { return 0; }), [&](int n) { order.push_back(n); });
  std::vector<int> jobs(100'000);
  for (int n = 0; n < 100'000; ++n) jobs[n] = n;
  pool.run(jobs);
  EXPECT_EQ(order, jobs);
}

}  // namespace
