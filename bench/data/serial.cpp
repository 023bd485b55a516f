// The same on the main thread alone: what there is to be divided.
#include "bench/data/shapes.hpp"

namespace {

struct serial_peer {
  static void map(const std::vector<double>& x, std::vector<double>& y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = bench::curve(x[i]);
  }
  static double sum(const std::vector<double>& x) {
    double sum = 0;
    for (const double one : x) sum += bench::slope(one);
    return sum;
  }
  static bench::word_counts count(std::string_view letters) {
    bench::word_counts counts;
    bench::add_words(counts, letters);
    return counts;
  }
};

}  // namespace

int main(int argc, char** argv) {
  return bench::answer(argc, argv, "g++ " __VERSION__, bench::data_cases<serial_peer>());
}
