// Fan in, four ways, of the same three streams.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "braid/braid.hpp"

using numbers = std::vector<int>;

void show(const char* how, const numbers& all) {
  std::printf("%-13s", how);
  for (const int n : all) std::printf(" %d", n);
  std::printf("\n");
}

auto odd() {
  return braid::from(numbers{1, 3, 5});
}
auto even() {
  return braid::from(numbers{2, 4, 6});
}

int main() {
  // As they are ready, and fair: no order is promised, so it is sorted to be shown.
  auto any_order = braid::merge(odd(), even()) | braid::collect();
  std::sort(any_order.begin(), any_order.end());
  show("merge", any_order);

  // Each is sorted, and so is the result.
  show("merge_sorted", braid::merge_sorted(odd(), even()) | braid::collect());

  // One after the other; the second is not begun before the first has ended.
  show("concat", braid::concat(odd(), even()) | braid::collect());

  // The first that has an item wins. The other waits for ever, and is cancelled.
  const braid::channel<int> silent(0);
  show("race", braid::race(braid::from(silent.rx), even()) | braid::collect());

  // Workers that compete for one stream are merged by map: as ready, or in the order of their items.
  const auto square = [](int n) { return n * n; };
  show("map ordered", braid::from(numbers{1, 2, 3, 4}) | braid::map(3, square, braid::ordered) | braid::collect());
}
