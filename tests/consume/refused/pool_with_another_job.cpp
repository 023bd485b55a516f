// says: is called as const with (Job) or (context, Job), and gives R or task<R>
#include <braid/braid.hpp>
#include <string>

int main() {
  braid::worker_pool<int, int> pool(2, [](const std::string& s) { return static_cast<int>(s.size()); });
}
