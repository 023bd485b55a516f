#pragma once
// The shapes of the channel cases, for every peer that runs ordinary functions (threads or stackful fibers).
// README.md draws them. A peer supplies two types:
//   Peer::channel   channel(capacity), send(value), recv() -> optional (nothing: closed and drained), close()
//   Peer::crew      start(function), join(): each function on a thread or a fiber of its own
// Capacity 0 asks for a rendezvous. A shape that several senders feed is closed by the last of them to finish.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "bench/measurement/measurement.hpp"

namespace bench {

inline constexpr std::size_t deep = 1024;
inline constexpr std::size_t shallow = 64;
inline constexpr std::uint64_t fan_width = 8;
inline constexpr std::size_t daisy_stages = 1000;

struct square {
  std::uint64_t operator()(std::uint64_t value) const { return value * value; }
};

// Wraps at 2^64, as the squares on their way do.
inline std::uint64_t squares_to(std::uint64_t n) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 1; i <= n; ++i) sum += i * i;
  return sum;
}

// A crew for peers whose functions are plain threads.
class thread_crew {
 public:
  template<class F>
  void start(F&& f) {
    threads_.emplace_back(std::forward<F>(f));
  }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::deque<std::thread> threads_;  // a vector that grows here is out of bounds to g++ 12's -Warray-bounds
};

template<class Peer>
outcome ping_pong(std::uint64_t n) {
  const stopwatch watch;
  typename Peer::channel ping(0);
  typename Peer::channel pong(0);
  std::uint64_t sum = 0;
  typename Peer::crew crew;
  crew.start([&] {
    while (auto value = ping.recv()) pong.send(*value + 1);
  });
  crew.start([&] {
    for (std::uint64_t i = 1; i <= n; ++i) {
      ping.send(i);
      sum += pong.recv().value_or(0);
    }
    ping.close();
  });
  crew.join();
  return {n, watch.nanoseconds(), sum, sum_to(n) + n};
}

// spsc, spsc0, mpsc4, mpmc4: `producers` share the values 1..n, `consumers` compete for them.
template<class Peer>
outcome share_one_channel(std::uint64_t n, std::size_t capacity, std::uint64_t producers, std::uint64_t consumers) {
  const stopwatch watch;
  typename Peer::channel channel(capacity);
  std::atomic<std::uint64_t> sending = producers;
  std::atomic<std::uint64_t> total = 0;
  typename Peer::crew crew;
  for (std::uint64_t c = 0; c < consumers; ++c) {
    crew.start([&] {
      std::uint64_t sum = 0;
      while (auto value = channel.recv()) sum += *value;
      total += sum;
    });
  }
  for (std::uint64_t p = 1; p <= producers; ++p) {
    crew.start([&, p] {
      for (std::uint64_t i = p; i <= n; i += producers) channel.send(i);
      if (--sending == 0) channel.close();
    });
  }
  crew.join();
  return {n, watch.nanoseconds(), total, sum_to(n)};
}

template<class Peer>
outcome fan_with_own_outputs(std::uint64_t n, std::size_t capacity) {
  const stopwatch watch;
  typename Peer::channel source(capacity);
  typename Peer::channel merged(capacity);
  std::vector<std::unique_ptr<typename Peer::channel>> outputs;
  for (std::uint64_t w = 0; w < fan_width; ++w) {
    outputs.push_back(std::make_unique<typename Peer::channel>(capacity));
  }
  std::atomic<std::uint64_t> copying = fan_width;
  std::uint64_t sum = 0;
  typename Peer::crew crew;
  crew.start([&] {
    for (std::uint64_t i = 1; i <= n; ++i) source.send(i);
    source.close();
  });
  for (auto& output : outputs) {
    crew.start([&] {
      while (auto value = source.recv()) output->send(*value * *value);
      output->close();
    });
    crew.start([&] {
      while (auto value = output->recv()) merged.send(*value);
      if (--copying == 0) merged.close();
    });
  }
  crew.start([&] {
    while (auto value = merged.recv()) sum += *value;
  });
  crew.join();
  return {n, watch.nanoseconds(), sum, squares_to(n)};
}

template<class Peer>
outcome fan_with_shared_output(std::uint64_t n) {
  const stopwatch watch;
  typename Peer::channel source(deep);
  typename Peer::channel merged(deep);
  std::atomic<std::uint64_t> working = fan_width;
  std::uint64_t sum = 0;
  typename Peer::crew crew;
  crew.start([&] {
    for (std::uint64_t i = 1; i <= n; ++i) source.send(i);
    source.close();
  });
  for (std::uint64_t w = 0; w < fan_width; ++w) {
    crew.start([&] {
      while (auto value = source.recv()) merged.send(*value * *value);
      if (--working == 0) merged.close();
    });
  }
  crew.start([&] {
    while (auto value = merged.recv()) sum += *value;
  });
  crew.join();
  return {n, watch.nanoseconds(), sum, squares_to(n)};
}

// One value at a time walks the whole chain, each stage adds one. Building the chain and a first walk are not timed.
template<class Peer>
outcome daisy_chain(std::uint64_t n) {
  constexpr std::uint64_t hops = daisy_stages + 1;
  const std::uint64_t walks = (n + hops - 1) / hops;
  std::vector<std::unique_ptr<typename Peer::channel>> links;
  for (std::size_t i = 0; i < hops; ++i) links.push_back(std::make_unique<typename Peer::channel>(0));
  outcome result{walks * hops, 0, 0, sum_to(walks) + walks * daisy_stages};
  typename Peer::crew crew;
  for (std::size_t i = 0; i < daisy_stages; ++i) {
    crew.start([from = links[i].get(), to = links[i + 1].get()] {
      while (auto value = from->recv()) to->send(*value + 1);
      to->close();
    });
  }
  crew.start([&] {
    links.front()->send(0);
    links.back()->recv();
    const stopwatch watch;
    for (std::uint64_t walk = 1; walk <= walks; ++walk) {
      links.front()->send(walk);
      result.sum += links.back()->recv().value_or(0);
    }
    result.amount = watch.nanoseconds();
    links.front()->close();
  });
  crew.join();
  return result;
}

// The cases that need no rendezvous and no bound that matters: also for queues without one.
template<class Peer>
std::vector<timed_case> queue_cases() {
  return {{"pp", ping_pong<Peer>},
          {"spsc", [](std::uint64_t n) { return share_one_channel<Peer>(n, deep, 1, 1); }},
          {"mpsc4", [](std::uint64_t n) { return share_one_channel<Peer>(n, deep, 4, 1); }},
          {"mpmc4", [](std::uint64_t n) { return share_one_channel<Peer>(n, deep, 4, 4); }},
          {"fan8s", fan_with_shared_output<Peer>},
          {"daisy", daisy_chain<Peer>}};
}

template<class Peer>
std::vector<timed_case> channel_cases() {
  std::vector<timed_case> cases = queue_cases<Peer>();
  cases.push_back({"spsc0", [](std::uint64_t n) { return share_one_channel<Peer>(n, 0, 1, 1); }});
  cases.push_back({"fan8", [](std::uint64_t n) { return fan_with_own_outputs<Peer>(n, 0); }});
  cases.push_back({"fan8b", [](std::uint64_t n) { return fan_with_own_outputs<Peer>(n, shallow); }});
  return cases;
}

}  // namespace bench
