#pragma once
// The data cases, for every C++ peer. README.md describes them. A peer supplies
//   Peer::map(x, y)       y[i] = curve(x[i])
//   Peer::sum(x)          the sum of all slope(x[i])
//   Peer::count(text)     how often each word occurs: a map of std::string_view to std::uint64_t
// The memory that they read and write has been touched before they are timed. Amounts are in milliseconds.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/data/text.hpp"
#include "bench/measurement/measurement.hpp"

namespace bench {

// The parts of the data that are given to a worker at a time, where a peer does not choose itself.
inline constexpr std::size_t block_values = 16 * 1024;
inline constexpr std::size_t block_letters = 256 * 1024;

using word_counts = std::unordered_map<std::string_view, std::uint64_t>;

inline double slope(double x) {
  return std::sqrt(x) * 1.5;
}
inline double curve(double x) {
  return slope(x) + 1;
}

inline double milliseconds(const stopwatch& watch) {
  return watch.nanoseconds() / 1e6;
}

// Squares of small whole numbers, so that every sum is exact, whatever its order.
inline std::vector<double> squares(std::uint64_t n) {
  std::vector<double> x(n);
  for (std::uint64_t i = 0; i < n; ++i) x[i] = static_cast<double>((i % 1000) * (i % 1000));
  return x;
}

// What arrives is the number of right values.
template<class Peer>
outcome map_values(std::uint64_t n) {
  const std::vector<double> x = squares(n);
  std::vector<double> y(n, 0.0);
  const stopwatch watch;
  Peer::map(x, y);
  const double taken = milliseconds(watch);
  std::uint64_t right = 0;
  for (std::uint64_t i = 0; i < n; ++i) right += y[i] == static_cast<double>(i % 1000) * 1.5 + 1 ? 1 : 0;
  return {1, taken, right, n};
}

template<class Peer>
outcome sum_values(std::uint64_t n) {
  const std::vector<double> x = squares(n);
  const stopwatch watch;
  const double sum = Peer::sum(x);
  const double taken = milliseconds(watch);
  std::uint64_t expected = 0;
  for (std::uint64_t i = 0; i < n; ++i) expected += i % 1000;
  return {1, taken, static_cast<std::uint64_t>(2 * sum), 3 * expected};
}

template<class Peer>
outcome count_words(std::uint64_t n) {
  const text words(n);
  const stopwatch watch;
  const auto counts = Peer::count(words.letters());
  const double taken = milliseconds(watch);
  std::uint64_t weight = 0;
  for (const auto& [word, count] : counts) weight += text::weight_of(word) * count;
  return {1, taken, weight, words.weight()};
}

// f(word) for each word of a part of a text that is cut between words.
template<class F>
void for_each_word(std::string_view part, F f) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < part.size(); ++at) {
    if (part[at] != ' ') continue;
    f(part.substr(begin, at - begin));
    begin = at + 1;
  }
}

inline void add_words(word_counts& to, std::string_view part) {
  for_each_word(part, [&](std::string_view word) { ++to[word]; });
}
inline void add_counts(word_counts& to, const word_counts& from) {
  for (const auto& [word, count] : from) to[word] += count;
}

template<class Peer>
std::vector<timed_case> data_cases() {
  return {{"pmap", map_values<Peer>}, {"preduce", sum_values<Peer>}, {"wc", count_words<Peer>}};
}

}  // namespace bench
