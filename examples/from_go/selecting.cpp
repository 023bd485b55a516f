// Select as a Go program has it, beside selecting/main.go.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

// [default]
int poll(const braid::receiver<int>& rx) {
  auto in = rx.recv();
  if (braid::try_select(in) == braid::none) return -1;
  return in.result().value();
}  // of one channel alone: rx.try_recv()
// [default]

// [timeout]
int receive(const braid::receiver<int>& rx, braid::duration limit) {
  auto in = rx.recv();
  if (braid::select(in, braid::after(limit)).get() == 1) return -1;
  return in.result().value();
}  // or braid::within(limit, rx.recv()).get(), which throws timed_out
// [timeout]

// [both]
int sum_of_both(const braid::receiver<int>& a, const braid::receiver<int>& b) {
  int sum = 0;
  auto left = a.recv();
  auto right = b.recv();
  for (;;) switch (braid::select(left, right).get()) {
      case 0:
        sum += left.result().value_or(0);  // closed: it is reported once, then skipped
        break;
      case 1:
        sum += right.result().value_or(0);
        break;
      case braid::none:
        return sum;
    }
}
// [both]

// [rate]
int handle_all(const std::vector<int>& requests) {
  braid::rate_limiter limit({.tokens = 1, .per = 1ms, .burst = 1});
  int handled = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    limit.acquire().get();
    ++handled;
  }
  return handled;
}  // a ticker is auto tick = braid::every(1ms); tick.get();
// [rate]

braid::receiver<int> of(std::vector<int> values) {
  auto [tx, rx] = braid::channel<int>(values.size());
  const bool all = tx.send_some(values).get() == values.size();
  return all ? rx : braid::channel<int>(0).rx;
}

int main() {
  auto [none_sent, empty] = braid::channel<int>(0);
  const auto full = of({7, 8});
  std::printf("polled: %d", poll(empty));
  std::printf(" %d\n", poll(full));
  std::printf("in time: %d", receive(empty, 5ms));
  std::printf(" %d\n", receive(full, 1h));
  std::printf("sum of both: %d\n", sum_of_both(of({1, 2}), of({3, 4, 5})));
  std::printf("handled: %d\n", handle_all({1, 2, 3}));
}
