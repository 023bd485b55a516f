// Three workers compete for the numbers, and the loop takes each square as it is ready.
#include <braid/braid.hpp>
#include <cstdio>
#include <ranges>

int main() {
  int sum = 0;
  for (int square : braid::from(std::views::iota(1, 11)) | braid::map(3, [](int x) { return x * x; })) sum += square;
  std::printf("1 + 4 + 9 + ... + 100 = %d\n", sum);
}
