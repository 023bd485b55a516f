// Tasks as a Go program has them, beside tasks/main.go: tasks that are waited for, and the first error.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

// [wait_group]
std::vector<int> squares(const std::vector<int>& numbers) {
  braid::task_group group;
  std::vector<braid::future<int>> futures;
  for (int n : numbers) futures.push_back(group.async([](int x) { return x * x; }, n));
  group.join().get();
  std::vector<int> results;
  for (auto& each : futures) results.push_back(each.result());
  return results;
}
// [wait_group]

braid::task<> fetch(std::string name) {
  if (name == "c") throw std::runtime_error("c is broken");
  co_await braid::after(1h);
}

// [first_error]
void fetch_all(const std::vector<std::string>& names) {
  braid::task_group group;
  for (const std::string& name : names) group.spawn(fetch, name);
  group.join().get();  // the first exception cancels the others; it is thrown once all have ended
}
// [first_error]

int main() {
  const auto results = squares({1, 2, 3});
  std::printf("squares: [%d %d %d]\n", results[0], results[1], results[2]);
  try {
    fetch_all({"a", "b", "c", "d"});
  } catch (const std::runtime_error& failure) {
    std::printf("first error: %s\n", failure.what());
  }
}
