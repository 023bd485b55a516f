// says: is given as std::ref(x)
#include <braid/braid.hpp>

int main() {
  braid::task_group group;
  int sum = 0;
  group.spawn([](int& into) { into = 1; }, sum);
  group.join().get();
}
