// says: a key that has a std::hash
#include <braid/braid.hpp>
#include <string>

int main() {
  braid::worker_pool pool(2, braid::by_key([](const std::string& s) { return s; }), [](int x) { return x; });
}
