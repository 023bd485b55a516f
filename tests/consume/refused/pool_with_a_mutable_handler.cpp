// says: is made by per_worker(make)
#include <braid/braid.hpp>

int main() {
  braid::worker_pool pool(2, [n = 0](int x) mutable { return x + n++; });
}
