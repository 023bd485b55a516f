// braid's streams of blocks, two workers: the main thread, and one that helps it.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <ranges>
#include <span>
#include <vector>

#include "bench/data/shapes.hpp"
#include "braid/flow/map_reduce.hpp"
#include "braid/flow/sources.hpp"

namespace {

constexpr int two = 2;

struct block {
  std::size_t begin;
  std::size_t end;
};

auto blocks_of(std::size_t n) {
  const std::size_t blocks = (n + bench::block_values - 1) / bench::block_values;
  return std::views::iota(std::size_t{0}, blocks) | std::views::transform([n](std::size_t i) {
           return block{i * bench::block_values, std::min(n, (i + 1) * bench::block_values)};
         });
}

struct braid_peer {
  static void map(const std::vector<double>& x, std::vector<double>& y) {
    braid::from(blocks_of(x.size())) | braid::for_each(braid::workers(two), [&](block b) {
      for (std::size_t i = b.begin; i < b.end; ++i) y[i] = bench::curve(x[i]);
    });
  }
  static double sum(const std::vector<double>& x) {
    const auto sum_of = [&](block b) {
      double sum = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) sum += bench::slope(x[i]);
      return sum;
    };
    return braid::from(blocks_of(x.size())) | braid::map(two, sum_of) | braid::reduce(0.0, std::plus{});
  }
  static auto count(std::string_view letters) {
    const auto count_all = [](std::string_view part, auto& emit) {
      bench::for_each_word(part, [&](std::string_view word) { emit(word, std::uint64_t{1}); });
    };
    return braid::from(bench::text::parts(letters, bench::block_letters)) |
           braid::map_reduce<std::string_view, std::uint64_t>(braid::workers(two), count_all, std::plus{});
  }
};

}  // namespace

int main(int argc, char** argv) {
  return bench::answer(argc, argv, "braid " BRAID_VERSION, bench::data_cases<braid_peer>());
}
