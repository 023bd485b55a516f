// says: does not go with the items of the stream
#include <braid/braid.hpp>

int main() {
  std::vector<int> numbers{1, 2};
  auto n = braid::from(numbers) | braid::filter([](int) {}) | braid::count();
}
