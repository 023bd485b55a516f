// A number of feeds that is known at run time only, and changes: one that has ended goes, and a new one may come.
#include <braid/braid.hpp>
#include <cstdio>
#include <deque>
#include <utility>

using feed = braid::receiver<int>;

struct totals {
  int sum = 0, ended = 0;
};

/// Adds up what comes from all feeds, and from those that come through `arrivals`. Ends when each has ended and no
/// further one can come. (A deque: the feeds, which the list's operations borrow, stay where they are.)
braid::task<totals> add_up(std::deque<feed> feeds, braid::receiver<feed> arrivals) {
  totals all;
  braid::select_list in(feeds, [](feed& from) { return from.recv(); });
  auto arrival = arrivals.recv();
  for (;;) {
    const std::size_t won = co_await braid::select(in.cases(arrival));  // on a thread: select(...).get()
    if (won == braid::none) co_return all;
    if (won == in.size()) {  // the first case after those of the list
      if (auto next = arrival.result()) {
        feed& kept = feeds.emplace_back(std::move(*next));
        in.add([&] { return kept.recv(); });
      }
    } else if (const auto value = in[won].result()) {
      all.sum += *value;
    } else {
      in.erase(won);
      ++all.ended;
    }
  }
}

void count_to(int n, braid::sender<int> out) {
  for (int i = 1; i <= n; ++i)
    if (!out.send(i).get()) return;
}

int main() {
  braid::task_group group;
  std::deque<feed> feeds;
  for (int n : {10, 20, 30})
    feeds.push_back(group.generate<int>(4, [n](braid::sender<int> out) { count_to(n, std::move(out)); }));
  auto [tell, arrivals] = braid::channel<feed>(0);
  auto all = group.async(add_up, std::move(feeds), std::move(arrivals));
  if (!tell.send(group.generate<int>(4, [](braid::sender<int> out) { count_to(40, std::move(out)); })).get()) return 1;
  tell.close();
  group.join().get();
  const totals result = all.result();
  std::printf("%d from %d feeds\n", result.sum, result.ended);
}
