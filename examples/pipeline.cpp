// A pipeline of stages. Each line of a log is parsed, the slow requests are picked, who made them is looked up, four at
// a time, and reports of two are printed, in the order of the log.
#include <atomic>
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

struct request {
  int user = 0, milliseconds = 0;
  std::string path;
};

// A plain function: it runs on up to so many threads as the stage says.
request parse(const std::string& line) {
  request parsed;
  std::istringstream words(line);
  words >> parsed.user >> parsed.milliseconds >> parsed.path;
  return parsed;
}

bool is_slow(const request& r) {
  return r.milliseconds > 100;
}

// A coroutine: while it waits it costs no thread. The first call of all fails, as calls over a network do.
braid::task<std::string> look_up(request r) {
  static std::atomic<bool> has_failed{false};
  if (!has_failed.exchange(true)) throw std::runtime_error("the connection was lost");
  co_await braid::after(1ms);
  co_return "user " + std::to_string(r.user) + " waited " + std::to_string(r.milliseconds) + " ms for " + r.path;
}

void print(const std::vector<std::string>& report) {
  std::puts("slow:");
  for (const std::string& line : report) std::printf("  %s\n", line.c_str());
}

int main() {
  const std::vector<std::string> log{"17 20 /",        "3 450 /search", "17 12 /style.css", "8 101 /cart",
                                     "3 99 /search?2", "42 2300 /pay",  "5 100 /",          "8 640 /pay"};
  const braid::retry_policy again{.retries = 3, .first = 1ms};
  braid::from(log) | braid::map(4, parse, braid::ordered) | braid::filter(is_slow) |
      braid::map(4, braid::retry(again, braid::timeout(10s, look_up)), braid::ordered) | braid::chunk(2) |
      braid::for_each(print);
}
