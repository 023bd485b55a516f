// A coroutine that owns a task group joins it on every path, also when it is cancelled half way.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <exception>

using namespace std::chrono_literals;

braid::task<> wait_for_ever() {
  co_await braid::after(24h);
}

// [owner]
braid::task<> owner() {
  braid::task_group group;
  std::exception_ptr failed;
  try {
    group.spawn(wait_for_ever);
    co_await braid::after(24h);  // throws when our context is cancelled
  } catch (...) {
    failed = std::current_exception();
    group.cancel();
  }
  co_await group.join();  // a cancel does not end this wait: it has ended the tasks
  if (failed) std::rethrow_exception(failed);
}
// [owner]

int main() {
  braid::task_group group(braid::with_timeout(20ms));
  group.spawn(owner);
  try {
    group.join().get();
  } catch (const braid::timed_out& late) {
    std::puts(late.what());
  }
}
