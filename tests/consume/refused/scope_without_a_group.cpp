// says: the body of a scope is called with its group
#include <braid/braid.hpp>

int main() {
  braid::scope([]() -> braid::task<> { co_return; }).get();
}
