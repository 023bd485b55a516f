// What a user's first program needs of an installed braid: its headers, its library, and nothing else.
#include <braid/runtime/select.hpp>
#include <braid/sync/channel.hpp>
#include <braid/sync/ticker.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

int main() {
  auto [tx, rx] = braid::channel<int>(1);
  std::thread producer([&out = tx] {
    for (int value : {40, 2}) (void)out.send(value).get();
    out.close();
  });
  int sum = 0;
  auto in = rx.recv();
  auto late = braid::after(std::chrono::seconds(30));
  while (braid::select(in, late).get() == 0) {
    auto value = in.result();
    if (!value) break;
    sum += *value;
  }
  producer.join();
  std::printf("braid answers %d\n", sum);
}
