// Contexts as a Go program has them, beside contexts/main.go.
#include <signal.h>
#include <unistd.h>

#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

using namespace std::chrono_literals;

// [cancel]
braid::task<> work(braid::receiver<int> jobs) {
  while (auto job = co_await jobs.recv()) static_cast<void>(*job);
}

void work_until_cancelled() {
  auto [ctx, cancel] = braid::with_cancel();
  auto [tx, jobs] = braid::channel<int>(0);
  braid::task_group group(ctx);  // everything that its tasks wait for is under ctx
  auto ended = group.async(work, jobs);
  cancel("the user left");
  ended.get();  // throws cancelled
}
// [cancel]

// [deadline]
braid::task<int> price_of() {
  co_await braid::after(1h);  // the shop does not answer
  co_return 100;
}

int price_in_time() {
  braid::task_group group(braid::with_timeout(5ms));
  auto price = group.async(price_of);
  group.join().get();  // throws timed_out
  return price.result();
}
// [deadline]

// [value]
inline constexpr braid::context_key<std::string> user;

std::string greet(const braid::context& ctx) {
  const std::string* const name = ctx.value(user);  // a string, or nothing
  return name ? "hello " + *name : "hello";
}

std::string greet_anna() {
  return greet(braid::with_value(braid::context(), user, "Anna"));
}
// [value]

// [signal]
int serve_until_signal(const braid::receiver<int>& requests) {
  braid::signals stop({SIGTERM});
  auto in = requests.recv();
  for (int served = 0;; ++served) {
    if (braid::select(in, stop).get() == 1) return served;  // what was begun is finished
    static_cast<void>(in.result());
  }
}
// [signal]

int main() {
  try {
    work_until_cancelled();
  } catch (const braid::cancelled&) {
    std::puts("cancelled: true");
  }
  try {
    static_cast<void>(price_in_time());
  } catch (const braid::timed_out&) {
    std::puts("timed out: true");
  }
  std::puts(greet_anna().c_str());
  auto [tx, requests] = braid::channel<int>(0);
  const std::jthread client([out = tx] {
    for (int i = 0; i < 3; ++i)
      if (!out.send(i).get()) return;
    kill(getpid(), SIGTERM);
  });
  std::printf("served: %d\n", serve_until_signal(requests));
}
