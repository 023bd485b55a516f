// says: all cases of a select stand in on(), or none does
#include <braid/braid.hpp>

int main() {
  auto [tx, rx] = braid::channel<int>(1);
  auto limit = braid::after(braid::duration(1));
  braid::select(braid::on(rx.recv(), [](std::optional<int>) {}), limit).get();
}
