// says: std::move(s) | map(f)
#include <braid/braid.hpp>

int main() {
  std::vector<int> numbers{1, 2};
  auto s = braid::from(numbers);
  auto all = s | braid::map([](int x) { return x; }) | braid::collect();
}
