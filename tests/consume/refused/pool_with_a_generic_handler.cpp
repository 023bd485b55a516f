// says: say it, braid::worker_pool<job, result> pool(n, handler)
#include <braid/braid.hpp>

int main() {
  braid::worker_pool pool(2, [](auto x) { return x + 1; });
}
