// says: does not go with the items of the stream
#include <braid/braid.hpp>
#include <string>

int main() {
  std::vector<int> numbers{1, 2};
  auto f = [](const std::string& s, auto& emit) { emit(s, 1); };
  auto counts = braid::from(numbers) | braid::map_reduce<std::string, long>(2, f, std::plus<>());
}
