#pragma once
// What a task costs that only waits. A peer supplies a lot:
//   lot.park(n)      starts n tasks, numbered from 1, that wait for one gate, and returns when all of them have started
//   lot.release()    opens the gate, waits for the end of all and gives the sum of their numbers
// The last few may still be on their way to the gate when park returns, a few in a million.
#include <cstdint>
#include <vector>

#include "bench/measurement/measurement.hpp"
#include "bench/pool/resident_memory.hpp"

namespace bench {

enum class price { bytes, nanoseconds };

template<class Lot>
outcome fill(std::uint64_t n, price asked) {
  Lot lot;
  const double before = resident_bytes();
  const stopwatch watch;
  lot.park(n);
  const double nanoseconds = watch.nanoseconds();
  const double bytes = resident_bytes() - before;
  return {n, asked == price::bytes ? bytes : nanoseconds, lot.release(), sum_to(n)};
}

template<class Lot>
std::vector<timed_case> parking_cases() {
  return {{"park", [](std::uint64_t n) { return fill<Lot>(n, price::bytes); }, start::cold},
          {"parkspawn", [](std::uint64_t n) { return fill<Lot>(n, price::nanoseconds); }, start::cold}};
}

}  // namespace bench
