#pragma once
// The cases of a pool that stays and does batch after batch. README.md describes them.
// A peer supplies
//   Pool pool;                a pool of two workers that have been started
//   pool.run(batch)           unchanged() of each, in the order of the batch
//   pool.stream(batch, take)  take(unchanged(x)) for each, on the calling thread, as they are ready
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "bench/measurement/measurement.hpp"

namespace bench {

inline constexpr std::uint64_t batch_length = 1'000;

inline std::uint64_t unchanged(std::uint64_t value) {
  return value;
}

// 1..n in batches; each is done before the next one comes.
template<class EachBatch>
outcome in_batches(std::uint64_t n, EachBatch each_batch) {
  outcome result{n, 0, 0, sum_to(n)};
  const stopwatch watch;
  for (std::uint64_t from = 1; from <= n; from += batch_length) {
    std::vector<std::uint64_t> batch(std::min(batch_length, n - from + 1));
    std::iota(batch.begin(), batch.end(), from);
    each_batch(batch, result.sum);
  }
  result.amount = watch.nanoseconds();
  return result;
}

template<class Pool>
timed_case run_case() {
  return {"pool_run", [](std::uint64_t n) {
            Pool pool;
            return in_batches(n, [&](const std::vector<std::uint64_t>& batch, std::uint64_t& sum) {
              std::uint64_t strayed = 0;
              const std::vector<std::uint64_t> values = pool.run(batch);
              for (std::size_t i = 0; i < values.size(); ++i) sum += values[i], strayed |= values[i] ^ batch[i];
              if (strayed != 0) sum = 0;
            });
          }};
}
template<class Pool>
timed_case stream_case() {
  return {"pool_stream", [](std::uint64_t n) {
            Pool pool;
            return in_batches(n, [&](const std::vector<std::uint64_t>& batch, std::uint64_t& sum) {
              pool.stream(batch, [&](std::uint64_t value) { sum += value; });
            });
          }};
}

}  // namespace bench
