// says: a named one is moved: std::move(a)
#include <braid/braid.hpp>

int main() {
  std::vector<int> numbers{1, 2};
  auto a = braid::from(numbers), b = braid::from(numbers);
  auto n = braid::merge(a, b) | braid::count();
}
