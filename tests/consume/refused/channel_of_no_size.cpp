// says: channel<T>(0) none (a rendezvous)
#include <braid/braid.hpp>

int main() {
  auto [tx, rx] = braid::channel<int>();
}
