// Tasks as a Go program has them, beside tasks/main.go: tasks that are waited for, and the first error.
#include <atomic>
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
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

// [limit]
int fetch_three_at_a_time(const std::vector<std::string>& names) {
  braid::semaphore slots(3);
  braid::task_group group;
  std::atomic<int> fetched{0};
  const auto fetch_one = [&fetched](const braid::permit&, const std::string&) { ++fetched; };
  for (const std::string& name : names)  // waits for a slot; the task has it, and gives it back when it has ended
    group.spawn(fetch_one, braid::within(group.ctx(), slots.acquire()).get(), name);
  group.join().get();
  return fetched;
}
// [limit]

// [try_go]
bool fetch_if_there_is_a_slot(braid::task_group& group, braid::semaphore& slots, std::string name) {
  auto slot = slots.try_acquire();
  if (slot) group.spawn([](const braid::permit&, const std::string&) {}, std::move(*slot), std::move(name));
  return slot.has_value();
}
// [try_go]

// [single_flight]
class single_flight {
 public:
  struct call {
    std::string value = {};
    braid::channel<int> ended{0};
  };
  /// The call for that key, and whether the caller is the first: then it does the work, and says what came of it.
  std::pair<std::shared_ptr<call>, bool> join(const std::string& key) {
    const std::lock_guard guard(mutex_);
    auto& known = calls_[key];
    const bool first = !known;
    if (first) known = std::make_shared<call>();
    return {known, first};
  }
  void finish(const std::string& key, call& one, std::string value) {
    one.value = std::move(value);
    const std::lock_guard guard(mutex_);
    calls_.erase(key);
    one.ended.tx.close();  // or close(std::current_exception()): then every one of them throws it
  }
  static std::string wait(const call& one) {
    static_cast<void>(one.ended.rx.recv().get());  // an operation: it can be a case of select, or stand in within
    return one.value;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<call>> calls_;
};
// [single_flight]

int main() {
  const auto results = squares({1, 2, 3});
  std::printf("squares: [%d %d %d]\n", results[0], results[1], results[2]);
  try {
    fetch_all({"a", "b", "c", "d"});
  } catch (const std::runtime_error& failure) {
    std::printf("first error: %s\n", failure.what());
  }
  std::printf("three at a time: %d\n", fetch_three_at_a_time({"a", "b", "c", "d", "e"}));
  braid::semaphore slots(1);
  braid::task_group group;
  const auto taken = slots.try_acquire();
  std::printf("a slot for one more: %s\n", taken && fetch_if_there_is_a_slot(group, slots, "f") ? "yes" : "no");
  group.join().get();
  single_flight flights;
  const auto [one, first] = flights.join("page");
  const auto [same, second] = flights.join("page");
  flights.finish("page", *one, "the page");
  std::printf("one call: %s, and both have %s\n", first && !second ? "yes" : "no", single_flight::wait(*same).c_str());
}
