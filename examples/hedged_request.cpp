// A hedged request: one replica is asked; if it takes too long, or fails, the next one is asked as well. The first
// answer wins, and whoever was asked in vain is cancelled.
#include <algorithm>
#include <atomic>
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

/// Asks ask(0); each time that `patience` passes or one fails, ask(1) and so on, `replicas` in all. When it returns or
/// throws, all that were asked have ended. Throws the first failure if all fail.
template<class R, class Ask>
braid::task<R> hedged(int replicas, braid::duration patience, Ask ask) {
  braid::task_group group(braid::at_least(1));
  std::vector<braid::future<R>> asked;
  asked.reserve(static_cast<std::size_t>(replicas));  // a future does not move while it is waited for
  auto late = braid::after(patience);
  std::vector<braid::operation*> cases{&late};
  try {
    for (int next = 0;;) {
      if (next < replicas) {
        asked.push_back(group.async(ask, next++));
        cases.push_back(&asked.back());
        late.reset(patience);
      }
      const std::size_t which = co_await braid::select(cases);
      if (which == braid::none) break;                       // all have failed
      if (which > 0 && asked[which - 1].has_value()) break;  // this one has answered
    }
  } catch (const braid::cancelled&) {
  }  // the group is cancelled as we are: its join says why
  co_await group.join();
  co_return std::ranges::find_if(asked, &braid::future<R>::has_value)->result();
}

std::atomic<int> calls{0};

braid::task<std::string> quick(int replica) {
  ++calls;
  co_await braid::after(1ms);
  co_return "the page, from replica " + std::to_string(replica);
}

braid::task<std::string> in_trouble(int replica) {
  if (replica == 2) co_return co_await quick(replica);
  ++calls;
  if (replica == 0) co_await braid::after(24h);
  throw std::runtime_error("this replica is broken");
}

braid::task<> ask_twice() {
  const std::string first = co_await hedged<std::string>(3, 1h, quick);
  std::printf("%s, calls: %d\n", first.c_str(), calls.exchange(0));
  const std::string second = co_await hedged<std::string>(3, 10ms, in_trouble);
  std::printf("%s, calls: %d\n", second.c_str(), calls.exchange(0));
}

int main() {
  ask_twice().get();
}
