// says: a key that has a std::hash
#include <braid/braid.hpp>
#include <string>

int main() {
  auto [tx, rx] = braid::channel<int>(8);
  std::vector<braid::sender<int>> lanes{tx};
  std::vector<int> numbers{1, 2};
  auto n = braid::from(numbers) | braid::to(lanes, braid::by_key([](const std::string& s) { return s; }));
}
