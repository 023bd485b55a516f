// Several mirrors are asked at once: the first good answer wins, the others are cancelled, and a second is the limit.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;

braid::task<std::string> ask(std::string mirror, braid::duration takes) {
  co_await braid::after(takes);
  if (mirror == "the broken one") throw std::runtime_error("this mirror is broken");
  co_return "the page, from " + mirror;
}

// [group]
braid::task<std::string> first_answer() {
  const auto slow = [] { return ask("the slow one", 24h); };
  const auto quick = [] { return ask("the quick one", 20ms); };
  const auto broken = [] { return ask("the broken one", 1ms); };
  auto answer = braid::first_of(slow, quick, broken);       // all have ended when it gives the first success
  co_return co_await braid::within(1s, std::move(answer));  // throws if none has succeeded in time
}
// [group]

int main() {
  std::puts(first_answer().get().c_str());
}
