// A program forks, and its child uses a worker pool that the parent made.
#include <future>
#include <optional>
#include <vector>

#include "braid/braid.hpp"
#include "torture/child_of_fork.hpp"
#include "torture/torture.hpp"

// ThreadSanitizer cannot start threads in a forked child.
#ifndef BRAID_UNDER_TSAN

namespace torture {
namespace {

int double_it(int x) {
  return 2 * x;
}

/// A pool of plain functions and one of coroutines: each with jobs before the fork.
struct pools {
  braid::worker_pool<int, int> plain{braid::workers(2), double_it, {.name = "plain"}};
  braid::worker_pool<int, int> tasks{
      braid::workers(2), [](int x) -> braid::task<int> { co_return 2 * x; }, {.name = "tasks"}};
  pools() {
    EXPECT_EQ(plain.call(20), 40);
    EXPECT_EQ(tasks.call(20), 40);
  }
};

template<class Use>
void expect_sentence_of_each_pool(Use use) {
  pools made_before;
  for (auto* pool : {&made_before.plain, &made_before.tasks}) {
    const auto use_it = [&] {
      use(*pool);
      return 0;
    };
    EXPECT_THAT(in_child_of_fork(use_it), ends_with_sentence("was made before fork()"));
  }
}

using pool_type = braid::worker_pool<int, int>;

TEST(pool_fork, a_submit_to_a_pool_of_the_parent_ends_the_child_with_a_sentence) {
  expect_sentence_of_each_pool([](pool_type& pool) { static_cast<void>(pool.call(21)); });
}

TEST(pool_fork, every_call_of_a_pool_of_the_parent_ends_the_child_with_a_sentence) {
  expect_sentence_of_each_pool([](pool_type& pool) { static_cast<void>(pool.stats()); });
  expect_sentence_of_each_pool([](pool_type& pool) { pool.pause(); });
  expect_sentence_of_each_pool([](pool_type& pool) { pool.resume(); });
  expect_sentence_of_each_pool([](pool_type& pool) { pool.resize(3); });
  expect_sentence_of_each_pool([](pool_type& pool) { pool.drain().get(); });
  expect_sentence_of_each_pool([](pool_type& pool) { static_cast<void>(pool.stop().get()); });
  expect_sentence_of_each_pool([](pool_type& pool) { static_cast<void>(pool.abort().get()); });
}

TEST(pool_fork, a_batch_or_a_stream_through_a_pool_of_the_parent_ends_the_child_with_a_sentence) {
  expect_sentence_of_each_pool([](pool_type& pool) { static_cast<void>(pool.run(std::vector{1, 2, 3})); });
  expect_sentence_of_each_pool([](pool_type& pool) {
    for (const auto& each : pool.stream(std::vector{1, 2, 3})) static_cast<void>(each);
  });
  expect_sentence_of_each_pool([](pool_type& pool) {
    braid::channel<int> jobs(1);
    braid::channel<braid::job_result<int, int>> results(1);
    static_cast<void>(pool.attach(std::move(jobs.rx), std::move(results.tx)).get());
  });
}

TEST(pool_fork, what_a_pool_gave_before_the_fork_ends_the_child_with_a_sentence_where_it_is_waited_for) {
  std::promise<void> may_end;
  std::shared_future<void> gate = may_end.get_future().share();
  braid::worker_pool pool(1, [gate](int x) { return gate.wait(), x; });
  auto one = pool.submit(1).get();
  auto drained = pool.drain();
  EXPECT_THAT(in_child_of_fork([&] { return one.get(); }), ends_with_sentence("was made before fork()"));
  EXPECT_THAT(in_child_of_fork([&] { return drained.get(), 0; }), ends_with_sentence("was made before fork()"));
  may_end.set_value();
}

TEST(pool_fork, a_result_that_was_there_at_the_fork_is_there_in_the_child) {
  braid::worker_pool pool(1, double_it);
  auto one = pool.submit(21).get();
  pool.drain().get();
  EXPECT_THAT(in_child_of_fork([&] { return one.get() == 42 ? 0 : 1; }), ends_well());
}

TEST(pool_fork, a_pool_with_jobs_is_destroyed_in_the_child_without_a_wait) {
  std::promise<void> may_end;
  std::shared_future<void> gate = may_end.get_future().share();
  std::optional<braid::worker_pool<int, int>> pool(std::in_place, braid::workers(1),
                                                   [gate](int x) { return gate.wait(), x; });
  std::optional<braid::future<int>> one = pool->submit(1).get();
  EXPECT_THAT(in_child_of_fork([&] {
                one.reset();
                pool.reset();
                return 0;
              }),
              ends_well());
  may_end.set_value();
}

TEST(pool_fork, a_job_that_forks_and_comes_back_in_the_child_ends_it_with_a_sentence) {
  std::optional<child_end> end;
  const auto job = [&end](int x) {
    end = fork_here();
    return x;
  };
  {
    braid::worker_pool pool(1, job);
    static_cast<void>(pool.call(1));
  }
  ASSERT_TRUE(end);
  EXPECT_THAT(*end, ends_with_sentence("was made before fork()"));
}

}  // namespace
}  // namespace torture

#endif
