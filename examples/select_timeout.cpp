// Wait for whichever comes first: a value, the end of the values, or a deadline.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>

using namespace std::chrono_literals;

int main() {
  auto [tx, rx] = braid::channel<std::string>(0);
  std::jthread slow([out = std::move(tx)] {
    for (const char* word : {"first", "second"})
      if (!out.send(word).get()) return;  // no receiver is left
    braid::after(50ms).get();             // and then nothing for a while
  });
  auto limit = braid::after(10ms);  // counts from here: a limit for all of the loop
  const char* end = nullptr;
  const auto got = [&](std::optional<std::string> word) {
    if (!word) end = "that was all";
    if (word) std::printf("got %s\n", word->c_str());
  };
  while (!end) braid::select(braid::on(rx.recv(), got), braid::on(limit, [&] { end = "that took too long"; })).get();
  std::puts(end);
}
