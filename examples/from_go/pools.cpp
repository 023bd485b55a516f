// Pools and pipelines as a Go program has them, beside pools/main.go.
#include <atomic>
#include <braid/braid.hpp>
#include <cstdio>
#include <functional>
#include <ranges>
#include <vector>

int work(int job) {
  return job * job;
}

// [pool]
braid::task<> worker(braid::receiver<int> queue, braid::sender<int> results) {
  while (auto job = co_await queue.recv())
    if (const bool wanted = co_await results.send(work(*job)); !wanted) co_return;
}

braid::task<> feed(std::vector<int> jobs, braid::sender<int> queue) {
  for (int job : jobs)
    if (const bool wanted = co_await queue.send(job); !wanted) co_return;
}

int pool(int workers, const std::vector<int>& jobs) {
  braid::task_group group;
  auto queue = group.generate<int>(0, feed, jobs);
  auto [tx, results] = braid::channel<int>(0);
  for (int w = 0; w < workers; ++w) group.spawn(worker, queue, tx);
  queue.drop();
  tx.drop();  // the workers have the last senders: when the last worker ends, so do the results
  int sum = 0;
  for (int result : results) sum += result;
  group.join().get();
  return sum;
}
// [pool]

// [pool_of_a_stream]
int pool_of_a_stream(int workers, const std::vector<int>& jobs) {
  return braid::from(jobs) | braid::map(workers, work) | braid::reduce(0, std::plus{});
}
// [pool_of_a_stream]

// [bounded]
braid::task<> limited(braid::semaphore& slots, std::atomic<int>& running, std::atomic<bool>& too_many, int job) {
  const braid::permit slot = co_await slots.acquire();  // goes back at the end, however that comes
  if (++running > 3) too_many = true;
  static_cast<void>(work(job));
  --running;
}

bool never_more_than_3(const std::vector<int>& jobs) {
  braid::semaphore slots(3);
  std::atomic<int> running{0};
  std::atomic<bool> too_many{false};
  braid::task_group group;
  for (int job : jobs) group.spawn(limited, std::ref(slots), std::ref(running), std::ref(too_many), job);
  group.join().get();
  return !too_many;
}  // where the work is all there is to bound: braid::from(jobs) | braid::for_each(braid::workers(3), work)
// [bounded]

// [pipeline]
int pipeline(int n) {
  return braid::from(std::views::iota(1, n + 1)) | braid::map(work) | braid::reduce(0, std::plus{});
}
// [pipeline]

// [fan]
int fan(int n) {
  return braid::from(std::views::iota(1, n + 1)) | braid::map(3, work) | braid::reduce(0, std::plus{});
}
// [fan]

int main() {
  const std::vector<int> jobs{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const int sum = pool(3, jobs);
  std::printf("pool: %d\n", sum == pool_of_a_stream(3, jobs) ? sum : -1);
  std::printf("never more than 3 at once: %s\n", never_more_than_3(jobs) ? "true" : "false");
  std::printf("pipeline: %d\n", pipeline(10));
  std::printf("fan: %d\n", fan(10));
}
