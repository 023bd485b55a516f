// OpenMP's loop of libgomp on two threads, an iteration at a time. What the one party does that adds up is done by
// whoever has made a result, one at a time, where the source is nothing but a counter and results wait nowhere.
#include <omp.h>

#include <cstdint>
#include <string>

#include "bench/flow/shapes.hpp"

namespace {

struct openmp_peer {
  template<class F>
  static std::uint64_t map(std::uint64_t n, F f) {
    std::uint64_t sum = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(2) default(none) shared(sum) firstprivate(n, f)
    for (std::uint64_t i = 1; i <= n; ++i) {
      const std::uint64_t value = f(i);
#pragma omp critical
      sum += value;
    }
    return sum;
  }
  template<class F>
  static std::uint64_t map_ordered(std::uint64_t n, F f) {
    bench::in_order arrived;
#pragma omp parallel for ordered schedule(dynamic, 1) num_threads(2) default(none) shared(arrived) firstprivate(n, f)
    for (std::uint64_t i = 1; i <= n; ++i) {
      const std::uint64_t value = f(i);
#pragma omp ordered
      arrived.add(value);
    }
    return arrived.sum();
  }
};

}  // namespace

int main(int argc, char** argv) {
  return bench::answer(argc, argv, "libgomp, OpenMP " + std::to_string(_OPENMP) + ", g++ " __VERSION__,
                       bench::together(bench::map_cases<openmp_peer>(), bench::ordered_map_cases<openmp_peer>()));
}
