// says: does not go with the items of the stream
#include <braid/braid.hpp>
#include <string>

int main() {
  std::vector<int> numbers{1, 2};
  auto lengths = braid::from(numbers) | braid::map(2, [](const std::string& s) { return s.size(); }) | braid::collect();
}
