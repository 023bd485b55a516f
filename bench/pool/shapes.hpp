#pragma once
// The shapes of the pool cases, for every peer that runs ordinary functions on a pool. README.md describes them.
// A peer supplies
//   Peer::run(body)      calls body(crew) on the thread that submits, with a pool whose threads have been started
//   crew.submit(f)       a task
//   crew.wait()          until every task has run; once a crew
//   crew.async(f)        a task with a result: something with get()
//   Peer::both(f, g)     f as a task, g here, then waits for f: the pair of their results; called inside a task
#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "bench/measurement/measurement.hpp"
#include "bench/pool/spin.hpp"
#include "bench/pool/tally.hpp"

namespace bench {

inline constexpr std::uint64_t nap_nanoseconds = 200'000;

// Each task adds its number to the tally, so that one lost or run twice shows.
template<class Peer>
outcome submit_empty(std::uint64_t n) {
  outcome result{n, 0, 0, sum_to(n)};
  Peer::run([&](auto& crew) {
    const stopwatch watch;
    for (std::uint64_t i = 1; i <= n; ++i) crew.submit([i] { tally::add(i); });
    crew.wait();
    result.amount = watch.nanoseconds();
  });
  result.sum = tally::take();
  return result;
}

// All are submitted, then all are waited for.
template<class Peer>
outcome submit_with_results(std::uint64_t n) {
  outcome result{n, 0, 0, sum_to(n)};
  Peer::run([&](auto& crew) {
    const auto asked = [&](std::uint64_t i) { return crew.async([i] { return i; }); };
    std::vector<decltype(asked(1))> results;
    results.reserve(n);
    const stopwatch watch;
    for (std::uint64_t i = 1; i <= n; ++i) results.push_back(asked(i));
    for (auto& one : results) result.sum += one.get();
    result.amount = watch.nanoseconds();
    crew.wait();
  });
  return result;
}

// fib(k) makes fib(k + 1) - 1 spawns: one in each call whose argument is 2 or more.
struct fib_size {
  std::uint64_t argument = 2;
  std::uint64_t spawns = 1;
  std::uint64_t value = 1;

  // The largest that makes no more than n spawns, and at least one.
  static fib_size within(std::uint64_t n) {
    fib_size size;
    while (size.spawns + size.value <= n) size = {size.argument + 1, size.spawns + size.value, size.spawns + 1};
    return size;
  }
};

template<class Peer>
std::uint64_t fib(std::uint64_t n) {
  if (n < 2) return n;
  const auto [a, b] = Peer::both([n] { return fib<Peer>(n - 1); }, [n] { return fib<Peer>(n - 2); });
  return a + b;
}

template<class Peer>
outcome fork_and_join(std::uint64_t n) {
  const fib_size size = fib_size::within(n);
  outcome result{size.spawns, 0, 0, size.value};
  Peer::run([&](auto& crew) {
    crew.submit([&] {
      const stopwatch watch;
      result.sum = fib<Peer>(size.argument);
      result.amount = watch.nanoseconds();
    });
    crew.wait();
  });
  return result;
}

// The share of the time that two threads would take that do nothing else, in percent.
template<class Peer>
outcome compute(std::uint64_t n, double nanoseconds) {
  const spin work(nanoseconds);
  outcome result{1, 0, 0, sum_to(n)};
  Peer::run([&](auto& crew) {
    const stopwatch watch;
    for (std::uint64_t i = 1; i <= n; ++i) crew.submit([i, &work] { tally::add(i + (work(i) == 0 ? 1 : 0)); });
    crew.wait();
    result.amount = 100 * (work.nanoseconds() * static_cast<double>(n) / 2) / watch.nanoseconds();
  });
  result.sum = tally::take();
  return result;
}

inline void nap() {
  const timespec gap{0, nap_nanoseconds};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &gap, nullptr);
}

inline double percentile(std::vector<double>& values, std::size_t percent) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() * percent / 100);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// The pool has been idle for a nap when each task comes; the task itself looks at the clock.
template<class Peer>
outcome wake_up(std::uint64_t n, std::size_t percent) {
  outcome result{1, 0, 0, sum_to(n)};
  std::vector<double> taken(n, 0.0);
  Peer::run([&](auto& crew) {
    for (std::uint64_t i = 1; i <= n; ++i) {
      nap();
      crew.submit([i, taken = &taken[i - 1], watch = stopwatch()] {
        *taken = watch.nanoseconds();
        tally::add(i);
      });
    }
    crew.wait();
  });
  result.amount = percentile(taken, percent);
  result.sum = tally::take();
  return result;
}

// For every pool. How near two threads come to their ideal is asked of two only.
template<class Peer>
std::vector<timed_case> pool_cases(bool two_workers = true) {
  std::vector<timed_case> cases = {{"submit", submit_empty<Peer>},
                                   {"wake50", [](std::uint64_t n) { return wake_up<Peer>(n, 50); }},
                                   {"wake99", [](std::uint64_t n) { return wake_up<Peer>(n, 99); }}};
  if (two_workers) {
    cases.push_back({"work1", [](std::uint64_t n) { return compute<Peer>(n, 1'000); }});
    cases.push_back({"work100", [](std::uint64_t n) { return compute<Peer>(n, 100'000); }});
  }
  return cases;
}

// For those with futures, and for those whose tasks may wait for tasks.
template<class Peer>
timed_case future_case() {
  return {"future", submit_with_results<Peer>};
}
template<class Peer>
timed_case fib_case() {
  return {"fib", fork_and_join<Peer>};
}

}  // namespace bench
