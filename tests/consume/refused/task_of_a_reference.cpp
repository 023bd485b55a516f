// says: a task gives a value, and no reference
#include <braid/braid.hpp>

braid::task<int&> largest(std::vector<int>& of) {
  co_return of.back();
}

int main() {
  std::vector<int> numbers{1, 2};
  return largest(numbers).get();
}
