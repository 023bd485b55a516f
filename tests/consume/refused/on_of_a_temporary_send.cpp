// says: an operation of on() that holds something must have a name
#include <braid/braid.hpp>

int main() {
  auto [tx, rx] = braid::channel<int>(1);
  braid::select(braid::on(tx.send(1), [](bool) {})).get();
}
