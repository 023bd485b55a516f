#include "shared/numbers.hpp"

braid::task<> send_two(braid::sender<int> out) {
  if (!co_await out.send(1)) co_return;
  if (!co_await out.send(2)) co_return;
}

int main() {
  auto [tx, rx] = braid::channel<int>(2);
  send_two(tx).get();
  return rx.recv().get() == 1 && rx.recv().get() == 2 ? 0 : 1;
}
