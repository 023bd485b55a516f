// What a user's first program needs of an installed braid: its headers, its library, and nothing else.
#include <braid/base/check.hpp>
#include <cstdio>

namespace {

int half(int even) {
  BRAID_CHECK(even % 2 == 0, "half takes an even number: pass one");
  return even / 2;
}

}  // namespace

int main() {
  std::printf("braid answers %d\n", half(84));
}
