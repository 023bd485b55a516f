// A little of everything that is a template: channels, select, groups, streams and pools.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

braid::task<> count_to(int n, braid::sender<int> out);

namespace {
int sum_of_a_group() {
  braid::task_group group;
  auto numbers = group.generate<int>(2, count_to, 4);
  auto in = numbers.recv();
  int sum = 0;
  while (braid::select(in, braid::after(std::chrono::hours(1))).get() == 0) {
    auto value = in.result();
    if (!value) break;
    sum += *value;
  }
  group.join().get();
  return sum;
}

int sum_of_a_stream() {
  const std::vector<int> numbers{1, 2, 3, 4};
  auto squares = braid::from(numbers) | braid::map(
                                            2, [](int x) { return x * x; }, braid::ordered);
  return std::move(squares) | braid::filter([](int x) { return x > 1; }) | braid::reduce(0, std::plus<>());
}

int sum_of_a_pool() {
  braid::worker_pool<int, int> pool(2, [](auto x) { return x + 1; }, {.queue = 8});
  const std::vector<int> jobs{0, 1};
  int sum = 0;
  for (const int value : pool.run(jobs)) sum += value;
  pool.drain().get();
  return sum;
}
}  // namespace

int main() {
  std::printf("braid answers %d\n", sum_of_a_group() + sum_of_a_stream() + sum_of_a_pool());
}
