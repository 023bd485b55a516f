// The ten most frequent words of some files, counted by as many workers as there are CPUs, each in a table of its own.
//
//   word_count [--check] FILE...          without a file: this source. --check counts once more, one after the other
//   scripts/gather-text makes a file of more than 100 MB to try it on
#include <algorithm>
#include <braid/braid.hpp>
#include <cstdio>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using table = std::unordered_map<std::string_view, long>;

bool in_word(unsigned char c) {
  return ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 128;  // what is not ASCII counts as a letter
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::string text(file ? static_cast<std::size_t>(file.tellg()) : 0, '\0');
  if (!file.seekg(0).read(text.data(), static_cast<std::streamsize>(text.size())))
    throw std::runtime_error("cannot read " + path);
  return text;
}

// Pieces of about 256 kB, none of which ends inside a word.
void cut(std::string_view text, std::vector<std::string_view>& pieces) {
  while (!text.empty()) {
    std::size_t end = std::min<std::size_t>(text.size(), 256 << 10);
    while (end < text.size() && in_word(static_cast<unsigned char>(text[end]))) ++end;
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

const auto count_words = [](std::string_view piece, auto&& emit) {
  for (auto at = piece.begin(); at != piece.end();) {
    const auto first = std::find_if(at, piece.end(), in_word);
    at = std::find_if_not(first, piece.end(), in_word);
    if (first != at) emit(std::string_view(first, at), 1);
  }
};

table count_in_parallel(const std::vector<std::string_view>& pieces) {
  return braid::from(pieces) | braid::map_reduce<std::string_view, long>(braid::automatic, count_words, std::plus{});
}

table count_in_turn(const std::vector<std::string_view>& pieces) {
  table counts;
  for (auto piece : pieces) count_words(piece, [&](std::string_view word, long n) { counts[word] += n; });
  return counts;
}

int main(int argc, char** argv) try {
  std::vector<std::string> paths(argv + 1, argv + argc), texts;
  const bool check = std::erase(paths, "--check") > 0;
  if (paths.empty()) paths.push_back(__FILE__);
  for (const std::string& path : paths) texts.push_back(text_of(path));
  std::vector<std::string_view> pieces;
  for (const std::string& text : texts) cut(text, pieces);
  const table counts = count_in_parallel(pieces);
  if (check && count_in_turn(pieces) != counts) throw std::runtime_error("the count in turn differs");
  long words = 0;
  std::vector<std::pair<long, std::string_view>> order;
  for (auto [word, n] : counts) words += n, order.emplace_back(-n, word);
  std::ranges::sort(order);
  order.resize(std::min<std::size_t>(order.size(), 10));
  std::printf("%ld words, %zu distinct\n", words, counts.size());
  for (auto [n, word] : order) std::printf("%8ld %.*s\n", -n, static_cast<int>(word.size()), word.data());
} catch (const std::exception& error) {
  return std::fprintf(stderr, "word_count: %s\n", error.what()), 1;
}
