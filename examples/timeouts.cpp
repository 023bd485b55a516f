// A deadline through three layers: the request, a stream of look-ups, each look-up. What was in time is shown.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <ranges>

using namespace std::chrono_literals;

// The innermost layer need not know of the deadline: what it waits for throws when the context ends.
braid::task<int> price_of(int item) {
  if (item == 4) co_await braid::after(1h);  // one shop does not answer
  co_return 100 * item;
}

int main() {
  const braid::context request = braid::with_timeout(50ms);
  std::vector<int> prices;
  try {
    braid::from(std::views::iota(1, 9)) | braid::map(3, price_of, braid::ordered) |
        braid::collect_into(request, prices);
  } catch (const braid::timed_out& late) {
    std::printf("%s after %zu prices\n", late.what(), prices.size());
  }
}
