// A service as a loop over what may happen next: an order comes, a tick is due, or it is told to stop.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;

struct order {
  int id;
  std::string what;
};

/// Takes orders, and writes them down once a second: how many, to `written`. Ends when `until` does, or when nobody can
/// order any more; what was taken is written down first.
braid::task<> serve(braid::context until, braid::receiver<order> orders, braid::sender<std::size_t> written) {
  std::vector<order> taken;
  auto in = orders.recv();
  auto tick = braid::every(1s);
  auto stop = until.done();
  for (bool open = true; open;) {
    bool write = false;
    switch (const auto won = co_await braid::select(in, tick, stop); won) {
      case 0:
        if (auto next = in.result()) {
          taken.push_back(std::move(*next));
        } else {
          open = false;
        }
        break;
      case 1:
        write = !taken.empty();
        break;
      case 2:
        open = false;
    }
    if (write || !open) {
      if (const bool heard = co_await written.send(taken.size()); !heard) co_return;
      taken.clear();
    }
  }
}

int main() {
  braid::manual_clock clock;  // a second passes when we say so
  const braid::context ctx = braid::with_environment(braid::context(), {.clock = &clock});
  auto [until, stop] = braid::with_cancel(ctx);
  auto [orders, taking] = braid::channel<order>(0);
  auto [writing, written] = braid::channel<std::size_t>(0);
  braid::task_group group(ctx);
  group.spawn(serve, until, std::move(taking), std::move(writing));
  bool sent = true;
  for (const char* what : {"tea", "cake"}) sent &= orders.emplace(1, what).get();
  clock.advance(1s);
  std::printf("after a second: %zu\n", written.recv().get().value());
  sent &= orders.emplace(3, "more tea").get();
  stop("closing time");
  std::printf("after the stop: %zu\n", written.recv().get().value());
  group.join().get();
  std::printf("all sent: %s, nobody takes a further one: %s\n", sent ? "yes" : "no",
              orders.emplace(4, "coffee").get() ? "no" : "yes");
}
