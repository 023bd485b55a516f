// Channels as a Go program has them, beside channels/main.go.
#include <braid/braid.hpp>
#include <cstdio>
#include <string>
#include <vector>

// [hand_over]
int hand_over() {
  braid::task_group group;
  auto [tx, rx] = braid::channel<int>(0);  // a send waits for a receiver
  group.spawn([](const braid::sender<int>& out) { return out.send(1).get(); }, std::move(tx));
  auto [in, out] = braid::channel<int>(2);
  const bool both = in.send(2).get() && in.send(3).get();
  return both ? *rx.recv().get() + *out.recv().get() + *out.recv().get() : 0;
}
// [hand_over]

// [range]
braid::task<> count_to(int n, braid::sender<int> out) {
  for (int i = 1; i <= n; ++i)
    if (const bool wanted = co_await out.send(i); !wanted) co_return;
}  // the last sender goes: the channel closes

int sum_to(int n) {
  braid::task_group group;
  int sum = 0;
  for (int i : group.generate<int>(8, count_to, n)) sum += i;
  group.join().get();
  return sum;
}
// [range]

// [closed]
bool send_on_closed() {
  auto [tx, rx] = braid::channel<std::string>(1);
  tx.close();
  auto send = tx.send("precious");
  return send.get() || send.value() != "precious";  // false, and the value is still ours
}
// [closed]

// [generator]
braid::task<> count(braid::sender<int> out) {
  for (int i = 0;; ++i)
    if (const bool wanted = co_await out.send(i); !wanted) co_return;
}

std::vector<int> first_three() {
  braid::task_group group;
  auto numbers = group.generate<int>(0, count);
  std::vector<int> three;
  while (three.size() < 3) three.push_back(numbers.recv().get().value());
  return three;  // the receiver goes, so the next send fails; the group waits for the end of its task
}
// [generator]

// [broadcast]
int heard(braid::subscriber<std::string> news) {
  int n = 0;
  for (const std::string& each : news) n += each.empty() ? 0 : 1;
  return n;
}

int heard_by_both() {
  braid::task_group group;
  auto [tx, first] = braid::broadcast<std::string>(8);
  auto one = group.async(heard, tx.subscribe());
  auto other = group.async(heard, std::move(first));
  for (const char* news : {"one", "two"})
    if (!tx.send(news).get()) break;  // nobody listens any more
  tx.close();
  group.join().get();
  return one.result() + other.result();
}
// [broadcast]

int main() {
  std::printf("handed over: %d\n", hand_over());
  std::printf("sum: %d\n", sum_to(10));
  std::printf("sent on a closed channel: %s\n", send_on_closed() ? "true" : "false");
  const auto three = first_three();
  std::printf("first three: [%d %d %d]\n", three[0], three[1], three[2]);
  std::printf("heard by both: %d\n", heard_by_both());
}
