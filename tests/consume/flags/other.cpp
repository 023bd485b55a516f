// A second source with the whole library in it.
#include <braid/braid.hpp>

braid::task<> count_to(int n, braid::sender<int> out);
braid::task<> count_to(int n, braid::sender<int> out) {
  for (int i = 1; i <= n; ++i)
    if (const bool sent = co_await out.send(i); !sent) co_return;
}
