// Wait for whichever comes first: a value, the end of the values, or a deadline.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
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
  auto in = rx.recv();              // whoever gives something has a name
  auto limit = braid::after(10ms);  // counts from here: a limit for all of the loop
  for (;;) switch (braid::select(in, limit).get()) {
      case 0:
        if (auto word = in.result()) {
          std::printf("got %s\n", word->c_str());
        } else {
          return std::puts("that was all"), 0;
        }
        break;
      case 1:
        return std::puts("that took too long"), 0;
    }
}
