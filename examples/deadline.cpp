// A deadline that goes through three layers: each says how long its own work is wanted, the shortest wins, and what
// was finished in time is kept.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

// The lowest layer: one page takes 20 ms, and waiting ends with the context.
braid::task<std::string> fetch(braid::context ctx, int page) {
  co_await braid::within(ctx, braid::after(20ms));
  co_return "page " + std::to_string(page);
}

// The middle layer: as many pages as there is time for.
braid::task<int> crawl(braid::context ctx, braid::sender<std::string> out) {
  for (int page = 1;; ++page) {
    const braid::context one_page = braid::with_timeout(ctx, 500ms);
    std::string text = co_await fetch(one_page, page);
    if (const bool wanted = co_await out.send(std::move(text)); !wanted) co_return page;
  }
}

// The top: everything within 110 ms.
int main() {
  const braid::context request = braid::with_timeout(110ms);
  braid::task_group group(request);
  auto [tx, pages] = braid::channel<std::string>(16);
  group.spawn(crawl, request, std::move(tx));
  int count = 0;
  for (const std::string& page : pages) count += page.empty() ? 0 : 1;
  try {
    group.join().get();
  } catch (const braid::timed_out& late) {
    std::printf("%s; %s pages were in time\n", late.what(),
                count >= 3 && count <= 5 ? "3 to 5" : "an unexpected number of");
  }
}
