// says: does not go with the items of the stream
#include <braid/braid.hpp>
#include <string>

int main() {
  std::vector<int> numbers{1, 2};
  int sum =
      braid::from(numbers) | braid::reduce(0, [](int a, const std::string& s) { return a + (s.empty() ? 0 : 1); });
}
