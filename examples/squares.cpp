// Three workers compete for numbers; their squares come back on one channel.
#include <braid/braid.hpp>
#include <cstdio>

braid::task<> count_to(int n, braid::sender<int> out) {
  for (int i = 1; i <= n; ++i)
    if (const bool sent = co_await out.send(i); !sent) co_return;  // no receiver is left
}

braid::task<> square(braid::receiver<int> numbers, braid::sender<int> out) {
  while (auto n = co_await numbers.recv())
    if (const bool sent = co_await out.send(*n * *n); !sent) co_return;
}

// A channel closes when its last sender goes; every sender here ends with the task that owns it.
braid::receiver<int> squares_of(braid::task_group& group, braid::receiver<int> numbers) {
  auto [out, squares] = braid::channel<int>(8);
  for (int worker = 0; worker < 3; ++worker) group.spawn(square, numbers, out);
  return squares;
}

int main() {
  braid::task_group group;
  auto [tx, numbers] = braid::channel<int>(8);
  group.spawn(count_to, 10, std::move(tx));
  int sum = 0;
  for (int s : squares_of(group, numbers)) sum += s;
  group.join().get();
  std::printf("1 + 4 + 9 + ... + 100 = %d\n", sum);
}
