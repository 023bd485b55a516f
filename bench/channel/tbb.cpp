// oneTBB's concurrent_bounded_queue between plain threads.
// It has no rendezvous (a queue of one stands in), no select, and no close: an end mark travels through the queue, and
// whoever takes it puts it back for the next receiver.
#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/version.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "bench/channel/shapes.hpp"

namespace {

// Never a value: the shapes send small numbers and squares, and no square is 3 modulo 4.
constexpr std::uint64_t end_mark = ~std::uint64_t{0};

class tbb_channel {
 public:
  explicit tbb_channel(std::size_t capacity) {
    queue_.set_capacity(static_cast<std::ptrdiff_t>(std::max<std::size_t>(capacity, 1)));
  }
  void send(std::uint64_t value) { queue_.push(value); }
  std::optional<std::uint64_t> recv() {
    std::uint64_t value = 0;
    queue_.pop(value);
    if (value != end_mark) return value;
    queue_.push(end_mark);
    return std::nullopt;
  }
  void close() { queue_.push(end_mark); }

 private:
  tbb::concurrent_bounded_queue<std::uint64_t> queue_;
};

struct tbb_peer {
  using channel = tbb_channel;
  using crew = bench::thread_crew;
};

}  // namespace

int main(int argc, char** argv) {
  return bench::answer(argc, argv, "oneTBB " TBB_VERSION_STRING, bench::channel_cases<tbb_peer>());
}
