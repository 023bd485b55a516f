#pragma once
// One benchmark process, as bench/run starts it:
//   PROGRAM MODE CASE N     runs CASE once with about N/10 units to warm up (a cold case: not at all) and once with N
//                           units, checks both results and prints the second's amount per unit; a wrong result prints
//                           nothing and ends with 1
//   PROGRAM MODE cases      prints the cases that this peer has
//   PROGRAM MODE about      prints what was compiled in
// MODE is what a peer can vary, e.g. the number of scheduler threads; each program names its own.
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// What a run did and what that cost: `amount` is in the unit of the case, mostly nanoseconds, and what is printed is
// amount / units. `sum` is what arrived, `expected` what should have.
struct outcome {
  std::uint64_t units = 0;
  double amount = 0;
  std::uint64_t sum = 0;
  std::uint64_t expected = 0;
};

// Cold: the first touch of memory belongs to what is measured, so nothing runs before.
enum class start { warm, cold };

struct timed_case {
  std::string_view name;
  std::function<outcome(std::uint64_t n)> run;
  start from = start::warm;
};

class stopwatch {
 public:
  double nanoseconds() const {
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

inline std::uint64_t sum_to(std::uint64_t n) {
  return n * (n + 1) / 2;
}

inline bool arrived_whole(const timed_case& one, const outcome& got) {
  if (got.sum == got.expected) return true;
  std::fprintf(stderr, "%.*s: what arrived adds up to %llu instead of %llu\n", static_cast<int>(one.name.size()),
               one.name.data(), static_cast<unsigned long long>(got.sum),
               static_cast<unsigned long long>(got.expected));
  return false;
}

inline int time_one(const timed_case& one, std::uint64_t n) {
  if (one.from == start::warm && !arrived_whole(one, one.run(n / 10 + 1))) return 1;
  const outcome timed = one.run(n);
  if (!arrived_whole(one, timed)) return 1;
  std::printf("%.4f\n", timed.amount / static_cast<double>(timed.units));
  return 0;
}

// main() of a program whose cases all work in the mode that was asked for.
inline int answer(int argc, char** argv, std::string_view about, const std::vector<timed_case>& cases) {
  const std::string_view verb = argc > 2 ? argv[2] : "";
  if (verb == "about") {
    std::printf("%.*s\n", static_cast<int>(about.size()), about.data());
    return 0;
  }
  if (verb == "cases") {
    for (const timed_case& one : cases) std::printf("%.*s\n", static_cast<int>(one.name.size()), one.name.data());
    return 0;
  }
  std::uint64_t n = 0;
  if (argc == 4) std::from_chars(argv[3], argv[3] + std::strlen(argv[3]), n);
  for (const timed_case& one : cases) {
    if (one.name == verb && n > 0) return time_one(one, n);
  }
  std::fprintf(stderr, "usage: %s MODE CASE N (N > 0) | MODE cases | MODE about\n", argv[0]);
  return 2;
}

}  // namespace bench
