// OpenMP's loops of libgomp on two threads.
#include <omp.h>

#include <string>

#include "bench/data/shapes.hpp"

namespace {

struct openmp_peer {
  static void map(const std::vector<double>& x, std::vector<double>& y) {
#pragma omp parallel for num_threads(2) default(none) shared(x, y)
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = bench::curve(x[i]);
  }
  static double sum(const std::vector<double>& x) {
    double sum = 0;
#pragma omp parallel for num_threads(2) default(none) shared(x) reduction(+ : sum)
    for (std::size_t i = 0; i < x.size(); ++i) sum += bench::slope(x[i]);
    return sum;
  }
  static bench::word_counts count(std::string_view letters) {
    const auto parts = bench::text::parts(letters, bench::block_letters);
    bench::word_counts counts;
#pragma omp parallel num_threads(2) default(none) shared(parts, counts)
    {
      bench::word_counts mine;
#pragma omp for schedule(dynamic)
      for (std::size_t i = 0; i < parts.size(); ++i) bench::add_words(mine, parts[i]);
#pragma omp critical
      bench::add_counts(counts, mine);
    }
    return counts;
  }
};

}  // namespace

int main(int argc, char** argv) {
  return bench::answer(argc, argv, "libgomp, OpenMP " + std::to_string(_OPENMP) + ", g++ " __VERSION__,
                       bench::data_cases<openmp_peer>());
}
