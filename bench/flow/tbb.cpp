// oneTBB. MODE 1, 2: parallel_pipeline on so many threads; graph: a flow graph on two. The main thread is one of them.
// What limits a parallel filter of a pipeline is the number of items on their way; a node of the graph has a limit of
// its own.
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/version.h>

#include <cstdint>
#include <string_view>

#include "bench/flow/shapes.hpp"

namespace {

// main's, which outlives all use.
tbb::task_arena* arena = nullptr;

// 1..n. The pipeline calls its functions as const.
struct numbers {
  std::uint64_t n;
  mutable std::uint64_t given = 0;
  std::uint64_t operator()(tbb::flow_control& control) const {
    if (given < n) return ++given;
    control.stop();
    return 0;
  }
};

auto numbers_to(std::uint64_t n) {
  return tbb::make_filter<void, std::uint64_t>(tbb::filter_mode::serial_in_order, numbers{n});
}

void run(const tbb::filter<void, void>& all) {
  arena->execute([&] { tbb::parallel_pipeline(bench::map_in_flight, all); });
}

struct pipeline_peer {
  template<class F>
  static std::uint64_t map(std::uint64_t n, F f) {
    std::uint64_t sum = 0;
    run(numbers_to(n) & tbb::make_filter<std::uint64_t, std::uint64_t>(tbb::filter_mode::parallel, f) &
        tbb::make_filter<std::uint64_t, void>(tbb::filter_mode::serial_out_of_order,
                                              [&](std::uint64_t value) { sum += value; }));
    return sum;
  }
  template<class F>
  static std::uint64_t map_ordered(std::uint64_t n, F f) {
    bench::in_order arrived;
    run(numbers_to(n) & tbb::make_filter<std::uint64_t, std::uint64_t>(tbb::filter_mode::parallel, f) &
        tbb::make_filter<std::uint64_t, void>(tbb::filter_mode::serial_in_order,
                                              [&](std::uint64_t value) { arrived.add(value); }));
    return arrived.sum();
  }
  static std::uint64_t pipe(std::uint64_t items, bench::stopwatch& watch) {
    std::uint64_t sum = 0;
    auto pipe = numbers_to(items);
    for (std::uint64_t i = 0; i < bench::pipe_stages; ++i) {
      pipe = pipe & tbb::make_filter<std::uint64_t, std::uint64_t>(tbb::filter_mode::serial_in_order,
                                                                   [](std::uint64_t value) { return value + 1; });
    }
    const auto all = pipe & tbb::make_filter<std::uint64_t, void>(tbb::filter_mode::serial_in_order,
                                                                  [&](std::uint64_t value) { sum += value; });
    watch = bench::stopwatch();
    run(all);
    return sum;
  }
};

struct graph_peer {
  template<class F>
  static std::uint64_t map(std::uint64_t n, F f) {
    namespace flow = tbb::flow;
    std::uint64_t sum = 0;
    arena->execute([&] {
      flow::graph graph;
      flow::input_node<std::uint64_t> source(graph, numbers{n});
      flow::limiter_node<std::uint64_t> on_their_way(graph, bench::map_in_flight);
      flow::function_node<std::uint64_t, std::uint64_t> workers(graph, bench::map_workers, f);
      flow::function_node<std::uint64_t> adder(graph, flow::serial, [&](std::uint64_t value) {
        sum += value;
        return flow::continue_msg();
      });
      flow::make_edge(source, on_their_way);
      flow::make_edge(on_their_way, workers);
      flow::make_edge(workers, adder);
      flow::make_edge(adder, on_their_way.decrementer());
      source.activate();
      graph.wait_for_all();
    });
    return sum;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "1";
  tbb::task_arena threads(mode == "1" ? 1 : 2);
  arena = &threads;
  if (mode == "graph") return bench::answer(argc, argv, "oneTBB " TBB_VERSION_STRING, bench::map_cases<graph_peer>());
  auto cases = bench::together(bench::map_cases<pipeline_peer>(), bench::ordered_map_cases<pipeline_peer>());
  cases.push_back(bench::pipe_case<pipeline_peer>());
  return bench::answer(argc, argv, "oneTBB " TBB_VERSION_STRING, cases);
}
