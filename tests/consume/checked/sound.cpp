#include "shared/numbers.hpp"

int main() {
  auto [tx, rx] = braid::channel<int>(1);
  send_one(tx).get();
  return rx.recv().get() == 1 ? 0 : 1;
}
