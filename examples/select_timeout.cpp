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
      if (!out.send(word).get()) return;  // nobody receives any more
    braid::after(50ms).get();             // and then nothing for a while
  });
  auto in = rx.recv();
  auto limit = braid::after(10ms);
  for (;;) switch (braid::select(in, limit).get()) {
      case 0:
        std::printf("got %s\n", in.result()->c_str());
        break;
      case 1:
        return std::puts("that took too long"), 0;
    }
}
