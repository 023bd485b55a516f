// Several mirrors are asked at once: the first good answer wins, the others are cancelled, and a second is the limit.
#include <algorithm>
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

braid::task<std::string> ask(std::string mirror, braid::duration takes) {
  co_await braid::after(takes);
  if (mirror == "the broken one") throw std::runtime_error("this mirror is broken");
  co_return "the page, from " + mirror;
}

// [group]
braid::task<std::string> first_answer() {
  braid::task_group group(braid::with_timeout(1s), braid::at_least(1));
  std::vector<braid::future<std::string>> answers;
  answers.push_back(group.async(ask, "the slow one", 24h));
  answers.push_back(group.async(ask, "the quick one", 20ms));
  answers.push_back(group.async(ask, "the broken one", 1ms));
  co_await group.join();  // throws if none has succeeded in time; all have ended
  co_return std::ranges::find_if(answers, &braid::future<std::string>::has_value)->result();
}
// [group]

int main() {
  std::puts(first_answer().get().c_str());
}
