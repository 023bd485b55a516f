// says: does not go with the items of the stream
#include <braid/braid.hpp>
#include <string>

int main() {
  std::vector<int> numbers{1, 2};
  braid::from(numbers) | braid::for_each([](const std::string&) {});
}
