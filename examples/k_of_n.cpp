// A quorum: n replicas are asked at once, k answers are enough, and who cannot reach k any more is told at once.
#include <algorithm>
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;

/// The first k answers of ask(0) to ask(n - 1), in the order in which they came. The others are cancelled, and have
/// ended when it returns or throws. Throws the first failure as soon as more than n - k have failed.
template<class R, class Ask>
braid::task<std::vector<R>> k_of_n(std::size_t k, std::size_t n, Ask ask) {
  braid::task_group group{braid::at_least(k)};
  std::vector<braid::future<R>> asked;
  for (std::size_t i = 0; i < n; ++i) asked.push_back(group.async(ask, static_cast<int>(i)));
  std::vector<braid::operation*> cases;
  for (auto& answer : asked) cases.push_back(&answer);
  std::vector<R> answers;
  try {
    for (std::size_t failed = 0; answers.size() < k && failed + k <= n;) {
      const std::size_t which = co_await braid::select(cases);  // each future once: then it is skipped
      if (asked[which].has_value()) {
        answers.push_back(asked[which].result());
      } else {
        ++failed;
      }
    }
  } catch (const braid::cancelled&) {
  }  // the group is cancelled as we are: its join says why
  group.cancel("the quorum is decided");
  co_await group.join();  // throws if it was decided against us
  co_return answers;
}

// Two of five replicas are broken, and one does not answer.
braid::task<int> version_at(int replica) {
  auto call = braid::after(1ms);
  if (replica == 1) call.reset(24h);
  co_await call;
  if (replica == 0 || replica == 4) throw std::runtime_error("a replica is broken");
  co_return 100 + replica;
}

braid::task<> read_twice() {
  std::vector<int> versions = co_await k_of_n<int>(2, 5, version_at);
  std::ranges::sort(versions);
  std::printf("2 of 5: versions %d and %d\n", versions[0], versions[1]);
  try {
    co_await k_of_n<int>(4, 5, version_at);
  } catch (const std::runtime_error& failure) {
    std::printf("4 of 5: %s\n", failure.what());
  }
}

int main() {
  read_twice().get();
}
