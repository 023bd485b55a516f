// A deadline through three layers, and an answer from what was in time: a request gives its search less time than it
// has itself, the search asks all shops at once, and each shop has a limit of its own. The shortest wins.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;

struct shop {
  std::string name;
  int price;
  braid::duration takes, limit;
};

// The lowest layer. Why there is no price is a value, so that one shop that fails does not end the search.
braid::task<braid::result<int>> ask(shop from) {
  const auto answered = co_await braid::try_within(from.limit, braid::after(from.takes));  // the call
  if (!answered) co_return answered.error();
  co_return from.price;
}

// The middle layer: all shops, as long as `ctx` lasts. What was not in time says so; nothing runs on.
braid::task<std::vector<braid::result<int>>> search(braid::context ctx, std::vector<shop> shops) {
  braid::task_group group(ctx);
  std::vector<braid::future<braid::result<int>>> answers;
  for (const shop& each : shops) answers.push_back(group.async(ask, each));
  try {
    co_await group.join();
  } catch (const braid::timed_out&) {
  }  // a part of the answers is an answer; a cancel of the whole request is none, and goes up
  std::vector<braid::result<int>> found;
  for (auto& answer : answers) found.push_back(answer.result());
  co_return found;
}

// The top keeps some of its time for itself.
braid::task<> serve(braid::context request, std::vector<shop> shops) {
  const braid::context most_of_it = braid::with_timeout(request, 300ms);
  const auto found = co_await search(most_of_it, shops);
  for (std::size_t i = 0; i < shops.size(); ++i) {
    const char* const name = shops[i].name.c_str();
    if (found[i]) std::printf("%s: %d\n", name, *found[i]);
    if (!found[i]) std::printf("%s: no price, %s\n", name, found[i].error().text.c_str());
  }
}

int main() {
  const braid::context request = braid::with_timeout(10s);
  const std::vector<shop> shops{
      {"north", 120, 1ms, 5s}, {"south", 115, 2ms, 5s}, {"west", 99, 24h, 20ms}, {"east", 105, 24h, 5s}};
  braid::task_group group(request);
  group.spawn(serve, request, shops);
  group.join().get();
}
