// says: the functions of first_of give the same type
#include <braid/braid.hpp>
#include <string>

int main() {
  static_cast<void>(braid::first_of([] { return 1; }, [] { return std::string(); }));
}
