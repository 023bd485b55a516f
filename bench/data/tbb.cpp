// oneTBB's parallel_for and parallel_reduce on two threads, one of which is the main thread.
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_reduce.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/version.h>

#include <functional>

#include "bench/data/shapes.hpp"

namespace {

using range = tbb::blocked_range<std::size_t>;

// main's, which outlives all use.
tbb::task_arena* arena = nullptr;

struct tbb_peer {
  static void map(const std::vector<double>& x, std::vector<double>& y) {
    arena->execute([&] {
      tbb::parallel_for(range(0, x.size()), [&](const range& some) {
        for (std::size_t i = some.begin(); i < some.end(); ++i) y[i] = bench::curve(x[i]);
      });
    });
  }
  static double sum(const std::vector<double>& x) {
    const auto add = [&](const range& some, double sum) {
      for (std::size_t i = some.begin(); i < some.end(); ++i) sum += bench::slope(x[i]);
      return sum;
    };
    return arena->execute([&] { return tbb::parallel_reduce(range(0, x.size()), 0.0, add, std::plus<double>()); });
  }
  static bench::word_counts count(std::string_view letters) {
    const auto parts = bench::text::parts(letters, bench::block_letters);
    tbb::enumerable_thread_specific<bench::word_counts> of_threads;
    arena->execute([&] {
      tbb::parallel_for(std::size_t{0}, parts.size(),
                        [&](std::size_t i) { bench::add_words(of_threads.local(), parts[i]); });
    });
    bench::word_counts counts;
    of_threads.combine_each([&](const bench::word_counts& some) { bench::add_counts(counts, some); });
    return counts;
  }
};

}  // namespace

int main(int argc, char** argv) {
  tbb::task_arena two(2);
  arena = &two;
  return bench::answer(argc, argv, "oneTBB " TBB_VERSION_STRING, bench::data_cases<tbb_peer>());
}
