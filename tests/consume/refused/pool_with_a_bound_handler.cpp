// says: say it, braid::worker_pool<job, result> pool(n, handler)
#include <braid/braid.hpp>
#include <functional>

int main() {
  braid::worker_pool pool(2, std::bind_front([](int a, int b) { return a + b; }, 1), {.queue = 8});
}
