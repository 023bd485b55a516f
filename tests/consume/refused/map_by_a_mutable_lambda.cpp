// says: it is not a mutable lambda
#include <braid/braid.hpp>

int main() {
  std::vector<int> numbers{1, 2};
  auto all = braid::from(numbers) | braid::map(2, [n = 0](int x) mutable { return x + n++; }) | braid::collect();
}
