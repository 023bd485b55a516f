// moodycamel::BlockingConcurrentQueue between plain threads, used without producer tokens.
// It is unbounded: no sender ever waits, so the cases whose point is a bound of 0 or 64 are left out, and in the others
// the capacity is ignored. It has no select and no close.
#include <atomic>
#include <cstdint>
#include <optional>

#include "bench/channel/shapes.hpp"
#include "blockingconcurrentqueue.h"

namespace {

// Never a value: the shapes send small numbers and squares, and no square is 3 modulo 4.
constexpr std::uint64_t end_mark = ~std::uint64_t{0};

// The queue keeps the order of each producer only, so the end mark may overtake other producers' values: a receiver
// that has seen it takes what is left without waiting, and leaves a mark behind for a receiver that still sleeps.
class moodycamel_channel {
 public:
  explicit moodycamel_channel(std::size_t) {}
  void send(std::uint64_t value) { queue_.enqueue(value); }
  std::optional<std::uint64_t> recv() {
    std::uint64_t value = end_mark;
    if (!closed_) queue_.wait_dequeue(value);
    if (value != end_mark) return value;
    closed_ = true;
    while (queue_.try_dequeue(value)) {
      if (value != end_mark) return value;
    }
    queue_.enqueue(end_mark);
    return std::nullopt;
  }
  void close() { queue_.enqueue(end_mark); }

 private:
  moodycamel::BlockingConcurrentQueue<std::uint64_t> queue_;
  std::atomic<bool> closed_ = false;
};

struct moodycamel_peer {
  using channel = moodycamel_channel;
  using crew = bench::thread_crew;
};

}  // namespace

int main(int argc, char** argv) {
  return bench::answer(argc, argv, "moodycamel::BlockingConcurrentQueue", bench::queue_cases<moodycamel_peer>());
}
