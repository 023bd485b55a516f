// says: auto in = rx.recv(); select(in, ...)
#include <braid/braid.hpp>
#include <chrono>

int main() {
  auto [tx, rx] = braid::channel<int>(8);
  return braid::select(rx.recv(), braid::after(std::chrono::seconds(1))).get() == 0 ? 0 : 1;
}
