// A coroutine that owns a task group joins it on every path, also when it is cancelled half way.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

braid::task<> wait_for_ever() {
  co_await braid::after(24h);
}

// [owner]
braid::task<> owner() {
  co_await braid::scope([](braid::task_group& group) -> braid::task<> {
    group.spawn(wait_for_ever);
    co_await braid::after(24h);  // throws when our context is cancelled, or another task of the group fails
  });
  // here all of its tasks have ended
}
// [owner]

int main() {
  braid::task_group group(braid::with_timeout(20ms));
  group.spawn(owner);
  try {
    group.wait();
  } catch (const braid::timed_out& late) {
    std::puts(late.what());
  }
}
