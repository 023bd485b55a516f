// says: have items of one type
#include <braid/braid.hpp>
#include <string>

int main() {
  std::vector<int> numbers{1, 2};
  std::vector<std::string> names{"a"};
  auto n = braid::merge(braid::from(numbers), braid::from(names)) | braid::count();
}
