// Boost.Asio's thread_pool with two threads. The main thread posts, as long as no more than 16 are on their way, and
// takes the results, which wait for it in places under a lock. It works on none itself.
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/version.hpp>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "bench/flow/shapes.hpp"

namespace {

// What lies here was made, and is not yet taken. An item's place is its number's, which is ordered, or the next one.
class places {
 public:
  void put(std::uint64_t number, std::uint64_t value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    place& at = places_[number % bench::map_in_flight];
    at = {value, true};
    if (number == out_) ready_.notify_one();
  }
  void put_next(std::uint64_t value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    places_[in_ % bench::map_in_flight] = {value, true};
    if (in_++ == out_) ready_.notify_one();
  }
  // Waits for the first; gives `take` all that are next in line.
  template<class Take>
  void take_ready(Take take) {
    std::unique_lock<std::mutex> lock(mutex_);
    ready_.wait(lock, [&] { return first().filled; });
    for (; first().filled; ++out_) {
      first().filled = false;
      take(first().value);
    }
  }

 private:
  struct place {
    std::uint64_t value = 0;
    bool filled = false;
  };
  place& first() { return places_[out_ % bench::map_in_flight]; }

  std::mutex mutex_;  // covers what follows
  std::condition_variable ready_;
  std::array<place, bench::map_in_flight> places_;
  std::uint64_t in_ = 0;
  std::uint64_t out_ = 0;
};

// Put(places, number, value) puts a result away.
template<class F, class Put, class Take>
void map_through_pool(std::uint64_t n, F f, Put put, Take take) {
  boost::asio::thread_pool pool(2);
  places results;
  std::uint64_t posted = 0;
  std::uint64_t taken = 0;
  const auto take_one = [&](std::uint64_t value) {
    take(value);
    ++taken;
  };
  while (taken < n) {
    for (; posted < n && posted - taken < bench::map_in_flight; ++posted) {
      boost::asio::post(pool, [&, number = posted] { put(results, number, f(number + 1)); });
    }
    results.take_ready(take_one);
  }
  pool.join();
}

struct asio_peer {
  template<class F>
  static std::uint64_t map(std::uint64_t n, F f) {
    std::uint64_t sum = 0;
    map_through_pool(
        n, f, [](places& to, std::uint64_t, std::uint64_t value) { to.put_next(value); },
        [&](std::uint64_t value) { sum += value; });
    return sum;
  }
  template<class F>
  static std::uint64_t map_ordered(std::uint64_t n, F f) {
    bench::in_order arrived;
    map_through_pool(
        n, f, [](places& to, std::uint64_t number, std::uint64_t value) { to.put(number, value); },
        [&](std::uint64_t value) { arrived.add(value); });
    return arrived.sum();
  }
};

}  // namespace

int main(int argc, char** argv) {
  return bench::answer(argc, argv, "Boost.Asio " BOOST_LIB_VERSION,
                       bench::together(bench::map_cases<asio_peer>(), bench::ordered_map_cases<asio_peer>()));
}
