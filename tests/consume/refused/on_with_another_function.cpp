// says: the function of on() is called with the result of its operation
#include <braid/braid.hpp>

int main() {
  auto [tx, rx] = braid::channel<int>(1);
  braid::select(braid::on(rx.recv(), [] {})).get();
}
