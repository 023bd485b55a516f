// At most three downloads at a time; and of their starts at most ten at once, then one each millisecond.
#include <atomic>
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

std::atomic<int> running{0};
std::atomic<bool> too_many{false};

braid::task<> download(braid::semaphore& slots, braid::rate_limiter& starts) {
  const braid::permit slot = co_await slots.acquire();  // goes back at the end of the task, however it ends
  co_await starts.acquire();
  if (++running > 3) too_many = true;
  co_await braid::after(2ms);  // the download
  --running;
}

int main() {
  braid::semaphore slots(3);
  braid::rate_limiter starts({.tokens = 1, .per = 1ms, .burst = 10});
  braid::task_group group;
  for (int i = 0; i < 12; ++i) group.spawn(download, std::ref(slots), std::ref(starts));
  group.join().get();
  std::printf("12 downloads, %s at a time\n", too_many ? "too many" : "never more than 3");
}
