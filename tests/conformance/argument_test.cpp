// E4: numbers that may come from a configuration. Every place of the library that takes one is in the table.
#include <gtest/gtest.h>

#include <climits>
#include <functional>
#include <stdexcept>

#include "braid/base/sanitized.hpp"
#include "braid/braid.hpp"

namespace {

using namespace std::chrono_literals;
constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();

struct refusal {
  std::string what;   ///< How the text begins: parameter and value.
  std::string range;  ///< How it ends.
  std::function<void()> call;
};

std::vector<int> few() {
  return {1, 2, 3};
}
int same(int x) {
  return x;
}
/// A pool that was made already.
braid::worker_pool<int, int>& small_pool() {
  static auto& pool = *new braid::worker_pool<int, int>(1, same);
  return pool;
}
/// A configuration's numbers are seen by no compiler.
template<class N>
N read(N value) {
  volatile N number = value;
  return number;
}

std::vector<refusal> workers_and_widths() {
  return {
      {"workers of a stage or pool is 0", "from 1 to 65536",
       [] { static_cast<void>(braid::from(few()) | braid::map(read(0), same)); }},
      {"workers of a stage or pool is -3", "from 1 to 65536", [] { braid::map(read(-3), same); }},
      {"workers of a stage or pool is 2147483647", "from 1 to 65536", [] { braid::map(read(INT_MAX), same); }},
      {"workers of a stage or pool is -1", "65536", [] { braid::for_each(braid::workers(read(-1)), same); }},
      {"workers of a stage or pool is 0", "65536", [] { braid::worker_pool<int, int>(read(0), same); }},
      {"workers of a stage or pool is 2147483647", "65536", [] { braid::worker_pool<int, int>(read(INT_MAX), same); }},
      {"workers of a pool is 0", "from 1 to 65536", [] { small_pool().resize(read(0)); }},
      {"workers of a pool is -2147483648", "from 1 to 65536", [] { small_pool().resize(read(INT_MIN)); }},
      {"workers of a pool is 2147483647", "from 1 to 65536", [] { small_pool().resize(read(INT_MAX)); }},
      {"adjustable_workers is 0", "from 1 to 256", [] { braid::adjustable_workers n(read(0)); }},
      {"adjustable_workers is 257", "from 1 to 256", [] { braid::adjustable_workers(1).set(read(257)); }},
      {"slack of a stage is -1", "from 0 to 1048576", [] { braid::slack(read(-1)); }},
      {"slack of a stage is 2147483647", "from 0 to 1048576", [] { braid::map(2, same, braid::slack(read(INT_MAX))); }},
      {"workers of an executor is 0", "from 1 to 4096", [] { braid::work_stealing_executor pool(read(0ul)); }},
      {"workers of an executor is 18446744073709551615", "from 1 to 4096",
       [] { braid::work_stealing_executor pool(read(largest)); }},
      {"workers of an executor is 4097", "from 1 to 4096",
       [] { braid::work_stealing_executor pool({.workers = read(4097ul)}); }},
      {"blocking_threads of an executor is 0", "at least 1",
       [] { braid::work_stealing_executor pool({.workers = 1, .blocking_threads = read(0ul)}); }},
  };
}

std::vector<refusal> capacities() {
  return {
      {"capacity of a channel is 18446744073709551615", "from 0 to 2147483647",
       [] { braid::channel<int> ch(read(largest)); }},
      {"capacity of a channel that drops is 0", "from 1 to 2147483647",
       [] { braid::channel<int> ch{braid::drop_oldest(read(0ul))}; }},
      {"capacity of a channel that drops is 0", "from 1 to 2147483647",
       [] { braid::channel<int> ch{braid::drop_newest(read(0ul))}; }},
      {"capacity of a channel that drops is 18446744073709551615", "from 1 to 2147483647",
       [] { braid::channel<int> ch{braid::drop_newest(read(largest))}; }},
      {"capacity of a channel by priority is 18446744073709551615", "from 0 to 16777216",
       [] { braid::channel<int> ch{braid::priority(read(largest), same)}; }},
      {"capacity of a broadcast is 0", "from 1 to 16777216", [] { braid::broadcast<int> b(read(0ul)); }},
      {"capacity of a broadcast is 18446744073709551615", "from 1 to 16777216",
       [] { braid::broadcast<int> b(read(largest)); }},
      {"capacity of a channel is 18446744073709551615", "from 0 to 2147483647",
       [] {
         braid::task_group group;
         static_cast<void>(group.generate<int>(read(largest), [](const braid::sender<int>&) {}));
       }},
      {"queue of a pool that drops the oldest job is 0", "at least 1",
       [] { braid::worker_pool<int, int>(1, same, {.queue = read(0ul), .when_full = braid::when_full::drop_oldest}); }},
      {"priority of a job is -7", "pool_options::priorities switches them on",
       [] { static_cast<void>(small_pool().submit(1, read(-7)).get()); }},
  };
}

std::vector<refusal> rates_and_counts() {
  return {
      {"tokens of a rate is 0", "at least 1", [] { braid::rate_limiter({.tokens = read(0ul)}); }},
      {"per of a rate is 0 ns", "above 0 ns", [] { braid::rate_limiter({.per = braid::duration(read(0))}); }},
      {"per of a rate is -5 ns", "above 0 ns", [] { braid::throttle({.per = braid::duration(read(-5))}); }},
      {"burst of a rate is 0", "at least 1", [] { braid::throttle({.burst = read(0ul)}); }},
      {"tokens of a rate is 0", "at least 1",
       [] {
         braid::rate_limiter limit({.tokens = 1});
         limit.set_rate({.tokens = read(0ul)});
       }},
      {"tokens of acquire() is 0", "at least 1",
       [] {
         braid::rate_limiter limit({.tokens = 1});
         static_cast<void>(limit.acquire(read(0ul)).get());
       }},
      {"permits of acquire() is 0", "at least 1",
       [] {
         braid::semaphore slots(1);
         static_cast<void>(slots.acquire(read(0ul)).get());
       }},
      {"permits of acquire() is 0", "at least 1",
       [] {
         braid::semaphore slots(1);
         static_cast<void>(slots.try_acquire(read(0ul)));
       }},
      {"weight of split() is 3", "from 0 to 2",
       [] {
         braid::semaphore slots(2);
         braid::permit mine = slots.acquire(2).get();
         static_cast<void>(mine.split(read(3ul)));
       }},
      {"number of values of recv_some() is 0", "at least 1",
       [] {
         braid::channel<int> ch(1);
         std::vector<int> into;
         static_cast<void>(ch.rx.recv_some(into, read(0ul)));
       }},
      {"number of tasks that have to succeed is 0", "at least 1", [] { braid::at_least some(read(0ul)); }},
      {"items of a chunk is 0", "at least 1", [] { braid::chunk(read(0)); }},
      {"items of a chunk is -1", "at least 1", [] { braid::chunk(read(-1), 1s); }},
      {"time of a chunk is 0 ns", "above 0 ns", [] { braid::chunk(1, braid::duration(read(0))); }},
      {"interval of ticks() is 0 ns", "above 0 ns", [] { static_cast<void>(braid::ticks(braid::duration(read(0)))); }},
      {"period of every() is -1 ns", "above 0 ns", [] { braid::every(braid::duration(read(-1))).get(); }},
      {"retries is -1", "at least 0", [] { braid::retry(read(-1), same); }},
      {"number of channels of to() is 0", "at least 1",
       [] { braid::to(std::vector<braid::sender<int>>{}, braid::round_robin); }},
      {"nanoseconds of advance() is -1", "at least 0",
       [] {
         braid::manual_clock clock;
         clock.advance(braid::duration(read(-1)));
       }},
  };
}

TEST(argument_law, a_number_out_of_range_throws_and_the_text_names_it_its_value_and_the_range) {
  for (const auto& table : {workers_and_widths(), capacities(), rates_and_counts()})
    for (const refusal& each : table) {
      SCOPED_TRACE(each.what);
      try {
        each.call();
        ADD_FAILURE() << "it did not throw";
      } catch (const std::invalid_argument& e) {
        const std::string text = e.what();
        EXPECT_TRUE(text.starts_with(each.what + "; it must be ")) << text;
        EXPECT_TRUE(text.ends_with(each.range)) << text;
      }
    }
}

TEST(argument_law, the_ends_of_each_range_are_taken) {
  EXPECT_EQ(braid::from(few()) | braid::map(braid::workers::most, same, braid::slack(0)) | braid::count(), 3u);
  EXPECT_EQ(braid::from(few()) | braid::map(2, same, braid::slack(braid::slack::most), braid::ordered) | braid::count(),
            3u);
  small_pool().resize(braid::workers::most);
  EXPECT_EQ(small_pool().call(4), 4);
  small_pool().resize(1);
  const braid::adjustable_workers dial(braid::adjustable_workers::most);
  EXPECT_EQ(dial.count(), braid::adjustable_workers::most);
  EXPECT_EQ(braid::from(few()) | braid::chunk(INT_MAX, braid::duration::max()) | braid::count(), 1u);
  EXPECT_EQ(braid::from(few()) | braid::map(braid::retry(INT_MAX, same)) | braid::first(largest), few());
  EXPECT_EQ(braid::from(few()) | braid::throttle({.tokens = largest, .per = braid::duration::max(), .burst = largest}) |
                braid::count(),
            3u);
  braid::channel<int> zero(0), large(100'000'000);
  EXPECT_TRUE(large.tx.try_send(1));
  std::vector<int> got;
  EXPECT_EQ(large.rx.recv_some(got, largest).get(), 1u);
  braid::channel<int> ranked(braid::priority(1, same, std::numeric_limits<std::uint32_t>::max()));
  EXPECT_TRUE(ranked.tx.try_send(1));
  braid::semaphore many(largest);
  EXPECT_EQ(many.acquire(largest).get().weight(), largest);
  EXPECT_THROW(static_cast<void>(braid::semaphore(3).try_acquire(largest)), braid::limit_exceeded);
}

TEST(argument_law, a_capacity_for_which_there_is_no_memory_is_refused_by_its_value) {
  if (BRAID_SANITIZED) GTEST_SKIP() << "a sanitizer ends the program where memory is asked for that no machine has";
  struct large {
    char bytes[1 << 20];
  };
  try {
    braid::channel<large> ch(read(2'000'000'000ul));
    GTEST_SKIP() << "this machine gives 2 PiB of address space";
  } catch (const std::invalid_argument& e) {
    EXPECT_STREQ(
        e.what(),
        "capacity of a channel is 2000000000; it must be from 0 to 2147483647, and there is no memory for that "
        "number of values");
  }
}

TEST(argument_law, a_time_at_either_end_of_what_can_be_said_neither_overflows_nor_ends_the_program) {
  constexpr auto never = braid::duration::max(), long_ago = braid::duration::min();
  braid::channel<int> ch(1);
  braid::manual_clock by_hand(braid::time_point::min() + braid::duration(1));
  for (braid::clock* const clock :
       {static_cast<braid::clock*>(&braid::real_clock()), static_cast<braid::clock*>(&by_hand)}) {
    const braid::context ctx(braid::environment{.clock = clock});
    EXPECT_FALSE(braid::with_timeout(ctx, never).is_cancelled());
    EXPECT_TRUE(braid::with_timeout(ctx, long_ago).is_cancelled());
    EXPECT_EQ(braid::try_select(braid::after(*clock, never)), braid::none);
    EXPECT_EQ(braid::try_select(braid::after(*clock, long_ago)), 0u);
    braid::every tick(*clock, never);
    EXPECT_EQ(braid::try_select(tick), braid::none);
  }
  EXPECT_THROW(static_cast<void>(braid::within(long_ago, ch.rx.recv()).get()), braid::timed_out);
  EXPECT_TRUE(ch.tx.try_send(1));
  EXPECT_EQ(braid::within(never, ch.rx.recv()).get(), 1);
  const auto slow = [](int x) { return braid::after(1ms).get(), x; };
  EXPECT_EQ(braid::from(few()) | braid::map(braid::timeout(never, slow)) | braid::count(), 3u);
  const braid::retry_policy at_once{.retries = std::numeric_limits<unsigned>::max(), .first = 0ns, .longest = never};
  EXPECT_EQ(at_once.ceiling(std::numeric_limits<unsigned>::max()), 0ns) << "in a moment, not after 4 billion steps";
  EXPECT_EQ((braid::retry_policy{.first = long_ago, .longest = long_ago}.ceiling(3)), 0ns);
  EXPECT_EQ((braid::retry_policy{.first = never, .longest = never}.ceiling(3)), never);
}

}  // namespace
