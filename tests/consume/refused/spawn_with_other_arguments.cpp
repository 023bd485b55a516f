// says: the function cannot be called with these arguments
#include <braid/braid.hpp>
#include <string>

int main() {
  braid::task_group group;
  group.spawn([](const std::string&) {}, 5);
  group.join().get();
}
