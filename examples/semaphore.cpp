// At most three downloads at a time, and no more than ten starts at once, then one each millisecond.
#include <algorithm>
#include <atomic>
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

std::atomic<int> running{0}, most{0};

braid::task<> download(braid::semaphore& slots, braid::rate_limiter& starts) {
  const braid::permit slot = co_await slots.acquire();  // given back at the end of the task, however it ends
  co_await starts.acquire();
  const int now = ++running;
  for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
  }
  co_await braid::after(5ms);  // the download
  --running;
}

int main() {
  braid::semaphore slots(3);
  braid::rate_limiter starts({.tokens = 1, .per = 1ms, .burst = 10});
  braid::task_group group;
  for (int i = 0; i < 12; ++i) group.spawn(download, std::ref(slots), std::ref(starts));
  group.join().get();
  std::printf("12 downloads, at most %d at a time\n", most.load());
}
