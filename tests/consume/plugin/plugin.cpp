// Uses the default executor and the real clock, whose threads stay when the call has ended.
#include <braid/braid.hpp>
#include <chrono>

namespace {
braid::task<> count_to(int n, braid::sender<int> out) {
  for (int i = 1; i <= n; ++i) {
    co_await braid::after(std::chrono::microseconds(1));
    if (const bool sent = co_await out.send(i); !sent) co_return;
  }
}
}  // namespace

extern "C" int sum_to(int n) {
  braid::task_group group;
  int sum = 0;
  for (int i : group.generate<int>(8, count_to, n)) sum += i;
  group.join().get();
  return sum;
}
