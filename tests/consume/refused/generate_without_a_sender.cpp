// says: behind them, a sender<T>
#include <braid/braid.hpp>

int main() {
  braid::task_group group;
  auto numbers = group.generate<int>(
      8, [](int n) { return n; }, 5);
}
