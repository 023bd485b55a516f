// says: the function cannot be called with these arguments
#include <braid/braid.hpp>
#include <string>

int main() {
  braid::task_group group;
  auto length = group.async([](const std::string& s) { return s.size(); }, 5);
  return static_cast<int>(length.get());
}
