#include "braid/flow/map_reduce.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <bit>
#include <cstdint>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "braid/flow/map.hpp"
#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"

namespace {

using std::views::iota;

TEST(reduce, by_several_workers_gives_what_one_gives) {
  EXPECT_EQ(braid::from(iota(1, 1001)) | braid::reduce(braid::workers(8), 0L, std::plus{}), 500500L);
  EXPECT_EQ(braid::from(iota(1, 1)) | braid::reduce(braid::workers(8), 7L, std::plus{}), 7L);
}

TEST(reduce, over_ordered_blocks_gives_the_same_bits_each_time) {
  // To 1e16 a 1 that is added alone is lost, and five that come before it are not.
  const auto sum_of_block = [](int block) { return block == 0 ? 1e16 : 1.0; };
  const auto in_turn = braid::from(iota(0, 200)) | braid::map(sum_of_block) | braid::reduce(0.0, std::plus{});
  std::atomic<int> done{0};
  const auto first_is_late = [&](int block) {
    while (block == 0 && done < 5) std::this_thread::yield();
    const double sum = sum_of_block(block);
    ++done;
    return sum;
  };
  const auto by_many =
      braid::from(iota(0, 200)) | braid::map(8, first_is_late, braid::ordered) | braid::reduce(0.0, std::plus{});
  EXPECT_EQ(std::bit_cast<std::uint64_t>(by_many), std::bit_cast<std::uint64_t>(in_turn));
}

TEST(map_reduce, works_with_so_many_workers_at_a_time) {
  std::barrier all_in(4);
  const auto meet = [&](int x, auto& emit) {
    all_in.arrive_and_wait();
    emit(x % 2, x);
  };
  const auto sums = braid::from(iota(0, 64)) | braid::map_reduce<int, int>(4, meet, std::plus{});
  EXPECT_EQ(sums, (std::unordered_map<int, int>{{0, 992}, {1, 1024}}));
}

TEST(map_reduce, counts_words) {
  const std::vector<std::string> texts{"a b a", "b c", "a", ""};
  const auto words = [](const std::string& text, auto& emit) {
    std::istringstream in(text);
    for (std::string word; in >> word;) emit(word, 1);
  };
  for (const braid::workers& count : {braid::workers(1), braid::workers(4), braid::workers(braid::automatic)}) {
    const auto counts = braid::from(texts) | braid::map_reduce<std::string, long>(count, words, std::plus{});
    EXPECT_EQ(counts, (std::unordered_map<std::string, long>{{"a", 3}, {"b", 2}, {"c", 1}}));
  }
}

TEST(map_reduce, throws_what_its_function_throws) {
  const auto fails = [](int x, auto& emit) {
    if (x == 3) throw std::runtime_error("three");
    emit(x, 1);
  };
  EXPECT_THROW(static_cast<void>(braid::from(iota(0, 9)) | braid::map_reduce<int, int>(2, fails, std::plus{})),
               std::runtime_error);
}

}  // namespace
