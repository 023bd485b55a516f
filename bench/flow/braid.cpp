// braid's streams. MODE 1: the whole process on one CPU; 2: on all. map(8, f) of a plain function has threads, not an
// executor: the main thread, which drives the stream, and up to seven that help it.
#include <sched.h>

#include <cstdint>
#include <functional>
#include <ranges>
#include <string_view>
#include <utility>

#include "bench/flow/shapes.hpp"
#include "braid/flow/map.hpp"
#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"

namespace {

auto numbers_to(std::uint64_t n) {
  return braid::from(std::views::iota(std::uint64_t{1}, n + 1));
}

struct braid_peer {
  template<class F>
  static std::uint64_t map(std::uint64_t n, F f) {
    return numbers_to(n) | braid::map(bench::map_workers, f) | braid::reduce(std::uint64_t{0}, std::plus{});
  }
  template<class F>
  static std::uint64_t map_ordered(std::uint64_t n, F f) {
    bench::in_order arrived;
    numbers_to(n) | braid::map(bench::map_workers, f, braid::ordered) |
        braid::for_each([&](std::uint64_t value) { arrived.add(value); });
    return arrived.sum();
  }
  static std::uint64_t pipe(std::uint64_t items, bench::stopwatch& watch) {
    auto pipe = numbers_to(items);
    for (std::uint64_t i = 0; i < bench::pipe_stages; ++i) {
      pipe = std::move(pipe) | braid::map([](std::uint64_t value) { return value + 1; });
    }
    watch = bench::stopwatch();
    return pipe | braid::reduce(std::uint64_t{0}, std::plus{});
  }
};

void stay_on_one_cpu() {
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(sched_getcpu(), &here);
  sched_setaffinity(0, sizeof(here), &here);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "1") stay_on_one_cpu();
  auto cases = bench::together(bench::map_cases<braid_peer>(), bench::ordered_map_cases<braid_peer>());
  cases.push_back(bench::pipe_case<braid_peer>());
  return bench::answer(argc, argv, "braid " BRAID_VERSION, cases);
}
